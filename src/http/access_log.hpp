#pragma once

#include "http/message.hpp"
#include "telemetry/log.hpp"

namespace assay::http {

/// Writes a line for each request that came to a part from outside, once its answer is ready: the route's template and
/// what was done, never what was sent.
class AccessLog {
 public:
  /// The lines are of level info.
  AccessLog(telemetry::Log log, Handler inner) : log_(std::move(log)), inner_(std::move(inner)) {}

  Awaitable<Response> handle(Request request) const;

 private:
  telemetry::Log log_;
  Handler inner_;
};

}  // namespace assay::http
