#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "telemetry/metrics.hpp"

namespace assay::http {

/// What is measured of the calls of one other part. Safe from any thread.
class ClientMetrics {
 public:
  /// `peer` is the name of the part that is called.
  ClientMetrics(telemetry::Metrics& metrics, std::string peer);

  /// A call that ended with that status, or, where that is 0, without an answer for a reason of bounded variety.
  void observe(Method method, int status, std::string_view error, std::chrono::steady_clock::duration duration);

  telemetry::Tally& open_connections;
  telemetry::Tally& waiting_requests;
  telemetry::Counter& resent_requests;

 private:
  telemetry::Metrics& metrics_;
  std::string peer_;
};

}  // namespace assay::http
