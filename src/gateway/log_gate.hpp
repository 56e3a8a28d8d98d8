#pragma once

#include <atomic>
#include <cstddef>

#include "base/async.hpp"
#include "base/error.hpp"
#include "http/message.hpp"
#include "telemetry/occasional_warning.hpp"

namespace assay::gateway {

/// Lets only so many readers of the log pass to the audit service at once: everybody may ask for it, and proofs and the
/// register need the connections too. Safe from any I/O thread.
class LogGate {
 public:
  /// How many pass at once: fewer than a client has connections for each thread.
  static constexpr std::size_t kLargestInFlight = 32;

  explicit LogGate(const telemetry::Log& log) : warning_(log, "the log was not shown") {}

  /// Does the reading, which must not have begun, for the request of `trace`, and answers what it answers, a 404 in the
  /// gateway's form. When too many pass already or the service is away: a Problem 503, which is logged now and then
  /// alone.
  Awaitable<Result<http::Response>> pass(telemetry::TraceContext trace, Awaitable<Result<http::Response>> reading);

 private:
  std::atomic<std::size_t> in_flight_{0};
  telemetry::OccasionalWarning warning_;
};

}  // namespace assay::gateway
