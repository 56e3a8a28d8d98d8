#include "http/route_metrics.hpp"

#include <algorithm>

namespace assay::http {

void RouteMetrics::observe(int status, std::chrono::steady_clock::duration duration) {
  auto& slot = histograms_.at(static_cast<std::size_t>(std::clamp(status, kFirstStatus, kLastStatus) - kFirstStatus));
  auto* histogram = slot.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    // Two threads may both come here: the registry gives them the same histogram.
    histogram = &metrics_.histogram(
        "http_server_request_duration_seconds", "How long requests took, from their last byte to the answer.",
        {{"part", part_}, {"method", method_}, {"route", route_}, {"status", std::to_string(status)}},
        telemetry::Metrics::duration_bounds());
    slot.store(histogram, std::memory_order_release);
  }
  histogram->Observe(std::chrono::duration<double>(duration).count());
}

}  // namespace assay::http
