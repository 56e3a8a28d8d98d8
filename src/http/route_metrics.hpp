#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <string>

#include "telemetry/metrics.hpp"

namespace assay::http {

/// The durations of one route's requests, a histogram for each status, made when first met: after that
/// an observation takes no lock of the registry. Safe from any thread.
class RouteMetrics {
 public:
  /// `route` is the pattern, never a path.
  RouteMetrics(telemetry::Metrics& metrics, std::string part, std::string method, std::string route)
      : metrics_(metrics), part_(std::move(part)), method_(std::move(method)), route_(std::move(route)) {}

  void observe(int status, std::chrono::steady_clock::duration duration);

 private:
  static constexpr int kFirstStatus = 100;
  static constexpr int kLastStatus = 599;

  telemetry::Metrics& metrics_;
  std::string part_;
  std::string method_;
  std::string route_;
  std::array<std::atomic<telemetry::Histogram*>, kLastStatus - kFirstStatus + 1> histograms_{};
};

}  // namespace assay::http
