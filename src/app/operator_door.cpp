#include "app/operator_door.hpp"

#include <pwd.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "app/log_levels.hpp"

namespace assay::app {

namespace {

constexpr std::chrono::seconds kStopGrace{1};

std::optional<telemetry::TraceId> trace_in(std::string_view path) {
  constexpr std::string_view kTraces = "/traces/";
  if (!path.starts_with(kTraces)) return std::nullopt;
  return parse_trace_id(path.substr(kTraces.size()));
}

Principal look_up_operator() {
  const auto* user = ::getpwuid(::geteuid());
  const std::string name = user != nullptr ? user->pw_name : std::to_string(::geteuid());
  return {.kind = "operator", .id = name, .name = name, .on_behalf_of = {}, .purpose_of_use = {}};
}

}  // namespace

OperatorDoor::OperatorDoor(Foundation& foundation, const std::filesystem::path& socket, const TraceDesk& traces,
                           std::function<PartHealth()> health, http::Handler commands)
    : log_(foundation.log),
      metrics_(foundation.metrics),
      traces_(traces),
      health_(std::move(health)),
      commands_(std::move(commands)),
      server_(
          foundation.threads, socket, [this](http::Request request) { return handle(std::move(request)); },
          http::ServerOptions{
              .part = "operator", .error_form = http::ErrorForm::kGateway, .limits = {}, .tracer = &foundation.tracer},
          foundation.log, foundation.metrics) {
  current_operator();
  server_.start();
}

OperatorDoor::~OperatorDoor() { server_.stop(kStopGrace); }

http::Response OperatorDoor::metrics() const {
  auto response = http::respond(200, metrics_.expose(), "text/plain; version=0.0.4; charset=utf-8");
  response.headers.add(kProcessHeader, std::to_string(::getpid()));
  return response;
}

Awaitable<http::Response> OperatorDoor::handle(http::Request request) const {
  if (request.path() == "/health") co_return http::respond(200, to_json(health_()));
  if (request.path() == "/metrics") co_return metrics();
  if (request.path() == kLogLevelsPath) co_return answer_log_levels(log_, request);
  if (const auto trace_id = trace_in(request.path())) {
    co_return co_await traces_.tell(*trace_id, std::move(request.context));
  }
  if (commands_ == nullptr) {
    co_return http::answer({.status = 404, .detail = "Resource not found"}, http::ErrorForm::kGateway, request.headers);
  }
  co_return co_await commands_(std::move(request));
}

const Principal& current_operator() {
  static const Principal kOperator = look_up_operator();
  return kOperator;
}

}  // namespace assay::app
