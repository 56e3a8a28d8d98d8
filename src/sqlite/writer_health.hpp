#pragma once

#include <mutex>
#include <string>

#include "sqlite/health.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::sqlite {

/// What state a writer is in and why, told to the log and the gauge whenever it changes. Safe from any thread.
class WriterHealth {
 public:
  WriterHealth(std::string store, const telemetry::Log& log, telemetry::Gauge& gauge)
      : store_(std::move(store)), log_(log), gauge_(gauge) {}

  /// Does nothing once it is kFailed: only a restart of the program mends that.
  void set(Health state, std::string why) {
    const std::scoped_lock lock(mutex_);
    if (state_ == Health::kFailed || (state_ == state && reason_ == why)) return;
    state_ = state;
    reason_ = std::move(why);
    gauge_.Set(static_cast<double>(state));
    if (state == Health::kReady) {
      log_.info("store ready", {{"store", store_}});
    } else {
      log_.error("store not ready", {{"store", store_}, {"reason", reason_}});
    }
  }

  bool is_degraded() const { return state() == Health::kDegraded; }
  bool has_failed() const { return state() == Health::kFailed; }

  Health state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
  }

  /// Empty when it is ready.
  std::string reason() const {
    const std::scoped_lock lock(mutex_);
    return reason_;
  }

 private:
  const std::string store_;
  const telemetry::Log& log_;
  telemetry::Gauge& gauge_;
  mutable std::mutex mutex_;
  Health state_ = Health::kReady;
  std::string reason_;
};

}  // namespace assay::sqlite
