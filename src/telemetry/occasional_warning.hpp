#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "base/occasional.hpp"
#include "telemetry/log.hpp"

namespace assay::telemetry {

/// Warns of what outsiders can make happen as often as they like: one line a second at most. Safe from any thread.
class OccasionalWarning {
 public:
  OccasionalWarning(const Log& log, std::string message) : log_(log), message_(std::move(message)) {}

  /// While the request of `trace` is served.
  void write(const TraceContext& trace, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    if (!turns_.take_turn(std::chrono::steady_clock::now())) return;
    log_.write(Level::kWarning, trace, message_, {{"reason", reason}});
  }

 private:
  const Log& log_;
  std::string message_;
  std::mutex mutex_;
  Occasional turns_{std::chrono::seconds(1)};
};

}  // namespace assay::telemetry
