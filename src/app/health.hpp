#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/router.hpp"
#include "telemetry/metrics.hpp"

namespace assay::app {

/// How ready a part is, from best to worst.
enum class Readiness { kReady, kDegraded, kUnavailable };

struct PartHealth {
  Readiness readiness = Readiness::kReady;
  std::string reason;  ///< empty when ready; no patient data, no secret
};

/// {"status": "ready" | "degraded" | "unavailable", "reason": …}
std::string to_json(const PartHealth& health);

/// The listener for health and metrics: /healthz (the process runs), /readyz (it can do its work: the worst of
/// the parts), /metrics. Tells no secret and no id.
class HealthService {
 public:
  HealthService(const telemetry::Log& log, telemetry::Metrics& metrics);

  /// Adds a part's health, asked for at each request; not once requests are handled.
  void add(std::function<PartHealth()> part);

  /// The worst of all.
  PartHealth health() const;

  Awaitable<http::Response> handle(http::Request request) const { return router_.handle(std::move(request)); }

 private:
  Awaitable<Result<http::Response>> readiness(http::Request request) const;
  Awaitable<Result<http::Response>> exposition(http::Request request) const;

  telemetry::Metrics& metrics_;
  http::Router router_;
  std::vector<std::function<PartHealth()>> parts_;
};

}  // namespace assay::app
