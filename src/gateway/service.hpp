#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "gateway/audit_reporter.hpp"
#include "gateway/store.hpp"
#include "http/router.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::gateway {

/// A file that the binary carries, for /docs and /openapi.json.
struct Asset {
  std::string_view path;  ///< as in "/docs/swagger-ui.css"
  std::string_view content_type;
  std::string_view content;
};

struct Dependencies {
  Store& store;
  AuditReporter* reporter;  ///< null without an audit service
  http::Handler patients;   ///< the patients service: the neighbour's function, or a client of it
  http::Handler audit;      ///< the audit service, likewise; empty without one
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  telemetry::Metrics& metrics;
  std::vector<Asset> assets;
  /// Whether /log needs no key.
  bool log_is_public = true;
  /// Whether this process can work now: /status says up where it can and the patients service answers.
  std::function<bool()> is_up;
};

/// The gateway: the public routes of the contract's section 2 and ours. Safe from any I/O thread.
class Service {
 public:
  explicit Service(Dependencies dependencies);
  ~Service();

  /// Reads the subscriptions, and hands waiting reports to the register. To be done before requests are taken.
  /// Throws when the register doesn't take them; it may then be called again.
  Awaitable<void> start();

  /// Hands in the reports of changes that the register didn't take; to be called now and then. Throws when it still
  /// doesn't take them.
  Awaitable<void> retry_reports();

  /// The public side.
  Awaitable<http::Response> handle(http::Request request);

  /// The operators' side, for the Unix socket, in JSON: GET and POST /subscriptions ({"name", "scopes"?}),
  /// DELETE /subscriptions/{name}, and POST …/regenerate ({"key": "primary" | "secondary"}), …/suspend and
  /// …/activate below it. `context.principal` is the operator. A change is in effect when it is answered; its
  /// report waits in the store while the register can't take it.
  Awaitable<http::Response> handle_operator(http::Request request);

  /// The public routes.
  const http::Router& router() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace assay::gateway
