#pragma once

#include "gateway/subscriptions.hpp"
#include "http/router.hpp"

namespace assay::gateway {

/// What operators may do to subscriptions, as JSON over HTTP; Service::handle_operator tells the routes.
class OperatorRoutes {
 public:
  OperatorRoutes(Subscriptions& subscriptions, const telemetry::Log& log, telemetry::Metrics& metrics);

  Awaitable<http::Response> handle(http::Request request) const { return router_.handle(std::move(request)); }

 private:
  Awaitable<Result<http::Response>> list();
  Awaitable<Result<http::Response>> create(http::Request request);
  Awaitable<Result<http::Response>> regenerate(http::Request request);
  Awaitable<Result<http::Response>> set_state(http::Request request, State state);
  Awaitable<Result<http::Response>> remove(http::Request request);

  Subscriptions& subscriptions_;
  http::Router router_;
};

}  // namespace assay::gateway
