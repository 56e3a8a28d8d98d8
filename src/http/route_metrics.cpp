#include "http/route_metrics.hpp"

#include <algorithm>

namespace assay::http {

void RouteMetrics::observe(const Measured& measured) {
  duration(measured.status).observe(measured.duration);
  size(request_size_, "http_server_request_body_size_bytes", "Sizes of requests' bodies.")
      .observe(static_cast<double>(measured.request_bytes));
  size(response_size_, "http_server_response_body_size_bytes", "Sizes of answers' bodies.")
      .observe(static_cast<double>(measured.response_bytes));
}

// Two threads may both find a slot empty: they are given the same histogram.

telemetry::Histogram& RouteMetrics::duration(int status) {
  auto& slot = durations_.at(static_cast<std::size_t>(std::clamp(status, kFirstStatus, kLastStatus) - kFirstStatus));
  auto* histogram = slot.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    histogram = &metrics_.histogram("http_server_request_duration_seconds",
                                    "How long requests took, from their last byte to the answer.",
                                    {{"part", part_},
                                     {"http_request_method", method_},
                                     {"http_route", route_},
                                     {"http_response_status_code", std::to_string(status)}},
                                    telemetry::Metrics::duration_bounds());
    slot.store(histogram, std::memory_order_release);
  }
  return *histogram;
}

telemetry::Histogram& RouteMetrics::size(Slot& slot, const char* name, const char* help) {
  auto* histogram = slot.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    histogram =
        &metrics_.histogram(name, help, {{"part", part_}, {"http_request_method", method_}, {"http_route", route_}},
                            telemetry::Metrics::size_bounds());
    slot.store(histogram, std::memory_order_release);
  }
  return *histogram;
}

}  // namespace assay::http
