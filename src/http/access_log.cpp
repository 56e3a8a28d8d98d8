#include "http/access_log.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace assay::http {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// To the microsecond, so that the figure is short.
double milliseconds_since(SteadyClock::time_point begin) {
  const auto elapsed = std::chrono::round<std::chrono::microseconds>(SteadyClock::now() - begin);
  return static_cast<double>(elapsed.count()) / 1000;
}

/// The id alone; the field goes on with other things.
std::string_view audit_record_of(const Response& response) {
  const auto field = response.headers.find("Audit-Record").value_or("");
  return field.substr(0, field.find(';'));
}

}  // namespace

Awaitable<Response> AccessLog::handle(Request request) const {
  if (!log_.writes(telemetry::Level::kInfo)) co_return co_await inner_(std::move(request));
  const auto begin = SteadyClock::now();
  const auto trace = request.context.trace;
  const auto method = request.method;
  const auto request_bytes = static_cast<std::int64_t>(request.body.size());
  auto response = co_await inner_(std::move(request));
  log_.write(telemetry::Level::kInfo, trace, "request",
             {{"method", to_string(method)},
              {"route", response.served.route},
              {"status", std::int64_t{response.status}},
              {"duration_ms", milliseconds_since(begin)},
              {"request_bytes", request_bytes},
              {"response_bytes", static_cast<std::int64_t>(response.body.size())},
              {"principal", std::string_view(response.served.principal)},
              {"audit_record", audit_record_of(response)}});
  co_return response;
}

}  // namespace assay::http
