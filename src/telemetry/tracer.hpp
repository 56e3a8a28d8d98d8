#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "telemetry/span.hpp"

namespace assay::telemetry {

using FinishedOperation = std::shared_ptr<const OperationRecord>;

struct TracerOptions {
  bool enabled = true;  ///< else nothing is recorded
  /// The share of the operations that begin here that are sampled; others are as their callers decided.
  double sampling_ratio = 1;
  std::chrono::milliseconds slow_after{1'000};  ///< from when on an operation is slow
  std::size_t recent = 2'000;                   ///< operations that are kept, whatever they were
  std::size_t notable = 500;                    ///< failed or slow ones that are kept besides
};

/// Keeps the operations that ended last, failed and slow ones longer, and hands on those that are sampled, failed or
/// slow. Must outlive the operations. Safe from any thread.
class Tracer {
 public:
  explicit Tracer(const TracerOptions& options = {}) : options_(options) {}

  /// From here on each operation that is sampled, failed or slow is given to `sink` once, when it ends, on any thread.
  /// Before operations begin.
  void export_to(std::function<void(FinishedOperation)> sink) { sink_ = std::move(sink); }

  /// The context of what is done for a caller, or of what begins here: then it is sampled or not by the ratio.
  TraceContext enter(const std::optional<TraceContext>& caller, Random& random) const;

  /// Where spans of what is done under `own` begin; `parent` is the caller's span, zeros without one.
  SpanPlace begin(const TraceContext& own, const SpanId& parent) {
    return options_.enabled ? SpanPlace(std::make_shared<Operation>(*this, own, parent)) : SpanPlace();
  }

  /// What is kept of that trace; nothing when it is too old, or was none of this process's.
  std::vector<FinishedOperation> find(const TraceId& trace_id) const;

 private:
  friend class Operation;

  void take(FinishedOperation operation);
  bool is_notable(const OperationRecord& operation) const;

  TracerOptions options_;
  std::function<void(FinishedOperation)> sink_;
  mutable std::mutex mutex_;
  std::deque<FinishedOperation> recent_;
  std::deque<FinishedOperation> notable_;
};

}  // namespace assay::telemetry
