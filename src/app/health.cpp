#include "app/health.hpp"

#include "app/exposition_form.hpp"
#include "base/json.hpp"

namespace assay::app {

namespace {

Awaitable<Result<http::Response>> alive(http::Request /*request*/) {
  co_return http::respond(200, R"({"status":"ok"})");
}

std::string_view name_of(Readiness readiness) {
  switch (readiness) {
    case Readiness::kReady:
      return "ready";
    case Readiness::kDegraded:
      return "degraded";
    case Readiness::kUnavailable:
      break;
  }
  return "unavailable";
}

}  // namespace

std::string to_json(const PartHealth& health) {
  json::object body{{"status", name_of(health.readiness)}};
  if (!health.reason.empty()) body["reason"] = health.reason;
  return json::serialize(body);
}

HealthService::HealthService(const telemetry::Log& log, telemetry::Metrics& metrics)
    : metrics_(metrics), router_("health", http::ErrorForm::kService, log, metrics) {
  router_.add(http::Method::kGet, "/healthz", alive);
  router_.add(http::Method::kGet, "/readyz", [this](http::Request request) { return readiness(std::move(request)); });
  router_.add(http::Method::kGet, "/metrics", [this](http::Request request) { return exposition(std::move(request)); });
  auto& readiness = metrics_.gauge("assay_readiness", "0 ready, 1 degraded, 2 unavailable.");
  metrics_.on_collect([this, &readiness] { readiness.Set(static_cast<double>(health().readiness)); });
}

void HealthService::add(std::function<PartHealth()> part) { parts_.push_back(std::move(part)); }

PartHealth HealthService::health() const {
  PartHealth worst;
  for (const auto& part : parts_) {
    auto health = part();
    if (health.readiness > worst.readiness) worst = std::move(health);
  }
  return worst;
}

Awaitable<Result<http::Response>> HealthService::exposition(http::Request request) const {
  const auto form = wanted_form(request.headers);
  co_return http::respond(200, metrics_.expose(form), media_type(form));
}

Awaitable<Result<http::Response>> HealthService::readiness(http::Request /*request*/) const {
  const auto worst = health();
  co_return http::respond(worst.readiness == Readiness::kUnavailable ? 503 : 200, to_json(worst));
}

}  // namespace assay::app
