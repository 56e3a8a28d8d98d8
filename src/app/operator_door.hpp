#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "app/foundation.hpp"
#include "app/health.hpp"
#include "app/trace_desk.hpp"
#include "http/server.hpp"

namespace assay::app {

/// The header of the metrics' answer that tells one process from another.
inline constexpr std::string_view kProcessHeader = "Assay-Process";

/// The Unix socket in a part's folder, by which the operator's commands reach the running part: GET /health for
/// `assay status`, GET /traces/{trace id} for `assay trace`, GET /metrics for `assay top`, /log/levels for `assay log
/// level`, and what else the part has for operators. Only this process's user and root are let in.
class OperatorDoor {
 public:
  /// `traces` must outlive it; `commands` may be null when the part has no others.
  OperatorDoor(Foundation& foundation, const std::filesystem::path& socket, const TraceDesk& traces,
               std::function<PartHealth()> health, http::Handler commands);
  ~OperatorDoor();
  OperatorDoor(const OperatorDoor&) = delete;
  OperatorDoor& operator=(const OperatorDoor&) = delete;

 private:
  http::Response metrics() const;
  Awaitable<http::Response> handle(http::Request request) const;

  const telemetry::Log& log_;
  const telemetry::Metrics& metrics_;
  const TraceDesk& traces_;
  std::function<PartHealth()> health_;
  http::Handler commands_;
  http::Server server_;
};

/// Who acts: the user that this process runs as. Looked up once, before a door is opened: it may ask the network.
const Principal& current_operator();

}  // namespace assay::app
