#pragma once

#include "audit/store.hpp"
#include "base/random.hpp"
#include "http/router.hpp"

namespace assay::audit {

/// What operators have the running register do, through its socket or with its database: POST /erasures with
/// `{"indexes": […], "reason": "…"}` erases these records under the name of `context.principal`. Safe from any I/O
/// thread.
class ErasureRoutes {
 public:
  ErasureRoutes(Store& store, const Clock& clock, Random& random, const telemetry::Log& log,
                telemetry::Metrics& metrics);

  Awaitable<http::Response> handle(http::Request request) { return router_.handle(std::move(request)); }

 private:
  Awaitable<Result<http::Response>> erase(http::Request request);

  Store& store_;
  const Clock& clock_;
  Random& random_;
  http::Router router_;
};

}  // namespace assay::audit
