#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

#include "telemetry/metrics.hpp"

namespace assay::http {

/// What is measured of one route's requests: durations by status, and sizes. Histograms are made when first met: after
/// that an observation takes no lock. Safe from any thread.
class RouteMetrics {
 public:
  struct Measured {
    int status;
    std::chrono::steady_clock::duration duration;
    std::size_t request_bytes;   ///< of the body
    std::size_t response_bytes;  ///< of the body
  };

  /// `route` is the pattern, never a path.
  RouteMetrics(telemetry::Metrics& metrics, std::string part, std::string method, std::string route)
      : metrics_(metrics), part_(std::move(part)), method_(std::move(method)), route_(std::move(route)) {}

  void observe(const Measured& measured);

 private:
  static constexpr int kFirstStatus = 100;
  static constexpr int kLastStatus = 599;

  using Slot = std::atomic<telemetry::Histogram*>;

  telemetry::Histogram& duration(int status);
  telemetry::Histogram& size(Slot& slot, const char* name, const char* help);

  telemetry::Metrics& metrics_;
  std::string part_;
  std::string method_;
  std::string route_;
  std::array<Slot, kLastStatus - kFirstStatus + 1> durations_{};
  Slot request_size_{nullptr};
  Slot response_size_{nullptr};
};

}  // namespace assay::http
