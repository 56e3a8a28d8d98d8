#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/foundation.hpp"
#include "app/trace_answer.hpp"
#include "http/router.hpp"

namespace assay::app {

/// A part behind this one that keeps spans of its own.
struct TraceNeighbour {
  std::string part;
  http::Handler service;  ///< with the host key that opens its door
};

/// Tells what is known of an operation: what this part keeps, and what the parts behind it keep, as far as they can be
/// asked. Safe from any I/O thread.
class TraceDesk {
 public:
  /// Asked of a service by GET, the trace id behind it.
  static constexpr std::string_view kServicePath = "/api/traces/";

  TraceDesk(Foundation& foundation, std::string part, std::vector<TraceNeighbour> neighbours);

  /// The answer about a trace; it says of each part whether it was asked in vain. Takes no longer than the longest
  /// call of a neighbour, and never throws for one.
  Awaitable<http::Response> tell(telemetry::TraceId trace_id, http::Context context) const;

  /// A service that also answers GET /api/traces/{id}. To be put behind the door that asks for a host key, and nowhere
  /// else.
  http::Handler beside(http::Handler service) const;

 private:
  Awaitable<Result<http::Response>> get(http::Request request) const;
  Awaitable<TraceAnswer> ask(const TraceNeighbour* neighbour, http::Request request) const;

  const telemetry::Tracer& tracer_;
  std::string part_;
  std::vector<TraceNeighbour> neighbours_;
  http::Router router_;
};

/// A trace id as 32 hexadecimal digits.
std::optional<telemetry::TraceId> parse_trace_id(std::string_view text);

}  // namespace assay::app
