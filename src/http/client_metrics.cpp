#include "http/client_metrics.hpp"

namespace assay::http {

ClientMetrics::ClientMetrics(telemetry::Metrics& metrics, std::string peer)
    : open_connections(metrics.tally("http_client_open_connections", "Connections that are kept to another part.",
                                     {{"peer_service", peer}})),
      waiting_requests(metrics.tally("http_client_waiting_requests", "Requests that wait for a connection to be free.",
                                     {{"peer_service", peer}})),
      resent_requests(metrics.counter("http_client_resent_requests_total",
                                      "Requests sent once more since a kept connection had died.",
                                      {{"peer_service", peer}})),
      metrics_(metrics),
      peer_(std::move(peer)) {}

void ClientMetrics::observe(Method method, int status, std::string_view error,
                            std::chrono::steady_clock::duration duration) {
  metrics_
      .histogram("http_client_request_duration_seconds",
                 "How long calls of another part took, waiting for a connection included.",
                 {{"peer_service", peer_},
                  {"http_request_method", std::string(to_string(method))},
                  {"http_response_status_code", status == 0 ? std::string() : std::to_string(status)},
                  {"error_type", std::string(error)}},
                 telemetry::Metrics::duration_bounds())
      .observe(duration);
}

}  // namespace assay::http
