#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/answer.hpp"
#include "http/message.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::http {

/// What a route does. A Problem is answered in the part's form by the router.
using Action = std::function<Awaitable<Result<Response>>(Request)>;

/// Makes one handler from many. A pattern is a path whose segments are literal or `{name}`, the last one perhaps
/// `{name...}`, for one segment or more; literal segments win over the others within their method; one trailing slash
/// is ignored; HEAD is GET without the body. A known path with another method is 405 with Allow. The router is the one
/// place where an exception becomes an answer: 503 for Unavailable, else 500, logged with its operation.
class Router {
 public:
  /// `part` labels metrics and log lines; the metrics of each route and status are made when first met.
  Router(std::string part, ErrorForm form, const telemetry::Log& log, telemetry::Metrics& metrics);
  ~Router();

  /// Adds a route; not once requests are handled.
  void add(Method method, std::string_view pattern, Action action);

  /// Adds a route that the program itself or probes ask again and again: what is done for it is no trace.
  void add_routine(Method method, std::string_view pattern, Action action);

  /// Safe from any thread once all routes are added.
  Awaitable<Response> handle(Request request) const;

  /// All routes as "METHOD pattern", in the order in which they were added.
  std::vector<std::string> describe() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace assay::http
