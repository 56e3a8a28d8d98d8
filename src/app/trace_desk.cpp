#include "app/trace_desk.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace assay::app {

TraceDesk::TraceDesk(Foundation& foundation, std::string part, std::vector<TraceNeighbour> neighbours)
    : tracer_(foundation.tracer),
      part_(std::move(part)),
      neighbours_(std::move(neighbours)),
      router_(part_, http::ErrorForm::kService, foundation.log, foundation.metrics) {
  router_.add(http::Method::kGet, fmt::format("{}{{id}}", kServicePath),
              [this](http::Request request) { return get(std::move(request)); });
}

Awaitable<http::Response> TraceDesk::tell(telemetry::TraceId trace_id, http::Context context) const {
  auto answer = TraceAnswer::of_part(part_, tracer_.find(trace_id));
  for (const auto& neighbour : neighbours_) {
    http::Request request;
    request.target = fmt::format("{}{}", kServicePath, to_hex(trace_id));
    request.context.trace = context.trace;
    request.context.span = context.span;
    answer.add(co_await ask(&neighbour, std::move(request)));
  }
  co_return http::respond(200, answer.to_json());
}

Awaitable<TraceAnswer> TraceDesk::ask(const TraceNeighbour* neighbour, http::Request request) const {
  try {
    const auto response = co_await neighbour->service(std::move(request));
    co_return TraceAnswer::read(neighbour->part, response);
  } catch (const std::exception& error) {
    co_return TraceAnswer::of_silent(neighbour->part, error.what());
  }
}

Awaitable<Result<http::Response>> TraceDesk::get(http::Request request) const {
  const auto trace_id = parse_trace_id(request.path_parameters.front());
  if (!trace_id) co_return fail(404, "Resource not found");
  co_return co_await tell(*trace_id, std::move(request.context));
}

http::Handler TraceDesk::beside(http::Handler service) const {
  return [this, service = std::move(service)](http::Request request) {
    return request.path().starts_with(kServicePath) ? router_.handle(std::move(request)) : service(std::move(request));
  };
}

std::optional<telemetry::TraceId> parse_trace_id(std::string_view text) {
  telemetry::TraceId id{};
  if (!from_hex(text, id)) return std::nullopt;
  return id;
}

}  // namespace assay::app
