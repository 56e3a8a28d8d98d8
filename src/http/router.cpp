#include "http/router.hpp"

#include <fmt/ranges.h>

#include <set>

#include "http/pattern.hpp"
#include "http/route_metrics.hpp"

namespace assay::http {

namespace {

constexpr std::size_t kMethods = static_cast<std::size_t>(Method::kOther) + 1;
constexpr std::chrono::seconds kRetryAfter{1};
constexpr int kFirstServerError = 500;
constexpr std::string_view kUnmatched = "unmatched";  ///< the route of what no route serves

using Segments = std::vector<std::string_view>;

struct Route {
  Route(Method of, std::string_view path, Action does, telemetry::Metrics& registry, const std::string& part)
      : method(of),
        pattern(std::string(path)),
        name(fmt::format("{} {}", to_string(of), path)),
        action(std::move(does)),
        metrics(registry, part, std::string(to_string(of)), std::string(path)) {}

  Method method;
  Pattern pattern;
  std::string name;  ///< of its spans
  Action action;
  RouteMetrics metrics;
  bool is_routine = false;
};

/// Fills in the values of the pattern's parameters.
void decode_parameters(const Pattern& pattern, const Segments& segments, Request& request) {
  for (const auto value : pattern.parameters(segments)) {
    request.path_parameters.push_back(percent_decode(value).value_or(std::string(value)));
  }
}

}  // namespace

struct Router::Implementation {
  Implementation(std::string name, ErrorForm error_form, const telemetry::Log& logger, telemetry::Metrics& registry)
      : part(std::move(name)),
        form(error_form),
        log(logger),
        metrics(registry),
        active(metrics.tally("http_server_active_requests", "Requests that are being served.", {{"part", part}})) {
    for (std::size_t i = 0; i < kMethods; ++i) {
      unmatched.push_back(std::make_unique<RouteMetrics>(metrics, part, std::string(to_string(static_cast<Method>(i))),
                                                         std::string(kUnmatched)));
    }
  }

  /// The best route of exactly that method.
  Route* find(Method method, const Segments& segments) const;
  /// The route that serves the request: HEAD is served by GET.
  Route* find_serving(Method method, const Segments& segments) const;
  /// The methods that the path has, sorted; empty when there is no such path.
  std::string allowed(const Segments& segments) const;
  /// The answer where no route serves the request.
  Response refuse(const Segments& segments, bool as_problem_details) const;
  void log_problem(const Route& route, const telemetry::TraceContext& trace, const Problem& problem) const;

  std::string part;
  ErrorForm form;
  const telemetry::Log& log;
  telemetry::Metrics& metrics;
  telemetry::Tally& active;
  std::vector<std::unique_ptr<Route>> routes;
  std::vector<std::unique_ptr<RouteMetrics>> unmatched;
};

Route* Router::Implementation::find(Method method, const Segments& segments) const {
  Route* best = nullptr;
  for (const auto& route : routes) {
    if (route->method != method || !route->pattern.matches(segments)) continue;
    if (best == nullptr || route->pattern.more_literal_than(best->pattern)) best = route.get();
  }
  return best;
}

Route* Router::Implementation::find_serving(Method method, const Segments& segments) const {
  auto* route = find(method, segments);
  return route == nullptr && method == Method::kHead ? find(Method::kGet, segments) : route;
}

std::string Router::Implementation::allowed(const Segments& segments) const {
  std::set<std::string_view> methods;
  for (const auto& route : routes) {
    if (!route->pattern.matches(segments)) continue;
    methods.insert(to_string(route->method));
    if (route->method == Method::kGet) methods.insert(to_string(Method::kHead));
  }
  return fmt::format("{}", fmt::join(methods, ", "));
}

Response Router::Implementation::refuse(const Segments& segments, bool as_problem_details) const {
  const auto methods = allowed(segments);
  if (methods.empty()) return answer({.status = 404, .detail = "Resource not found"}, form, as_problem_details);
  auto response = answer({.status = 405, .detail = "Method not allowed"}, form, as_problem_details);
  response.headers.add("Allow", methods);
  return response;
}

void Router::Implementation::log_problem(const Route& route, const telemetry::TraceContext& trace,
                                         const Problem& problem) const {
  const auto level = problem.status >= 500 ? telemetry::Level::kError : telemetry::Level::kInfo;
  log.write(level, trace, "a request was not served",
            {{"method", to_string(route.method)},
             {"route", std::string_view(route.pattern.text())},
             {"status", std::int64_t{problem.status}},
             {"reason", std::string_view(problem.reason)}});
}

Router::Router(std::string part, ErrorForm form, const telemetry::Log& log, telemetry::Metrics& metrics)
    : implementation_(std::make_unique<Implementation>(std::move(part), form, log, metrics)) {}

Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, Action action) {
  implementation_->routes.push_back(
      std::make_unique<Route>(method, pattern, std::move(action), implementation_->metrics, implementation_->part));
}

void Router::add_routine(Method method, std::string_view pattern, Action action) {
  add(method, pattern, std::move(action));
  implementation_->routes.back()->is_routine = true;
}

Awaitable<Response> Router::handle(Request request) const {
  const telemetry::Tallied active(implementation_->active);
  const auto measured = [started = std::chrono::steady_clock::now(),
                         request_bytes = request.body.size()](const Response& answered) {
    return RouteMetrics::Measured{.status = answered.status,
                                  .duration = std::chrono::steady_clock::now() - started,
                                  .request_bytes = request_bytes,
                                  .response_bytes = answered.body.size()};
  };
  const auto trace = request.context.trace;
  const bool as_problem_details = wants_problem_details(request.headers);
  const auto segments = split_path(request.path());
  auto* route = implementation_->find_serving(request.method, segments);
  if (route == nullptr) {
    auto response = implementation_->refuse(segments, as_problem_details);
    response.served.route = kUnmatched;
    implementation_->unmatched.at(static_cast<std::size_t>(request.method))->observe(measured(response));
    co_return response;
  }
  if (route->is_routine) request.context.span = {};
  const bool is_first = request.context.span.is_root();
  telemetry::Span span(
      request.context.span,
      {.name = route->name,
       .kind = is_first ? telemetry::SpanKind::kServer : telemetry::SpanKind::kInternal,
       .part = implementation_->part},
      {{"http.request.method", to_string(request.method)}, {"http.route", std::string_view(route->pattern.text())}});
  request.context.span = span.place();
  Result<Response> result;
  try {
    decode_parameters(route->pattern, segments, request);
    result = co_await route->action(std::move(request));
  } catch (const Unavailable& exception) {
    result = std::unexpected(Problem{.status = 503,
                                     .detail = "Service temporarily unavailable.",
                                     .reason = exception.what(),
                                     .retry_after = kRetryAfter});
  } catch (const std::exception& exception) {
    result = std::unexpected(Problem{.status = 500, .detail = "Internal server error.", .reason = exception.what()});
  }
  if (!result && !result.error().reason.empty()) {
    implementation_->log_problem(*route, span.context_or(trace), result.error());
  }
  auto response = result ? std::move(*result) : answer(result.error(), implementation_->form, as_problem_details);
  response.served.route = route->pattern.text();
  span.set("http.response.status_code", std::int64_t{response.status});
  if (response.status >= kFirstServerError) span.fail();
  route->metrics.observe(measured(response));
  co_return response;
}

std::vector<std::string> Router::describe() const {
  std::vector<std::string> lines;
  for (const auto& route : implementation_->routes) {
    lines.push_back(fmt::format("{} {}", to_string(route->method), route->pattern.text()));
  }
  return lines;
}

}  // namespace assay::http
