#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "telemetry/span.hpp"

namespace assay::telemetry {

using TraceId = std::array<std::uint8_t, 16>;

/// The spans of one operation that ended in this process.
struct FinishedOperation {
  TraceId trace_id{};
  std::vector<SpanRecord> spans;  ///< in the order in which they began
};

struct TracerLimits {
  std::size_t recent = 2000;                    ///< operations that are kept, whatever they were
  std::size_t notable = 500;                    ///< failed or slow ones that are kept besides
  std::chrono::milliseconds slow_after{1'000};  ///< from when on an operation is slow
};

/// Keeps the operations that ended last, failed and slow ones longer. Must outlive the operations. Safe from any
/// thread.
class Tracer {
 public:
  explicit Tracer(TracerLimits limits = {}) : limits_(limits) {}

  /// The operation of a request that was served under `own`; `parent` is the caller's span, zeros without one.
  std::shared_ptr<Operation> begin(const TraceContext& own, const SpanId& parent) {
    return std::make_shared<Operation>(*this, own, parent);
  }

  /// The spans that are kept of that trace; none when it is too old, or was none of this process's.
  std::vector<SpanRecord> find(const TraceId& trace_id) const;

 private:
  friend class Operation;

  void take(FinishedOperation operation);
  bool is_notable(const FinishedOperation& operation) const;

  TracerLimits limits_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const FinishedOperation>> recent_;
  std::deque<std::shared_ptr<const FinishedOperation>> notable_;
};

}  // namespace assay::telemetry
