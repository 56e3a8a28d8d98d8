#pragma once

#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/current.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "http/router.hpp"
#include "patients/access_log.hpp"
#include "patients/store.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::patients {

/// What the service is made of; all must outlive it.
struct Dependencies {
  Store& store;
  AccessLog& access_log;
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  telemetry::Metrics& metrics;
  /// Seal the cursors of searches; the newest first, the others only open.
  std::shared_ptr<const Current<std::vector<SensitiveText>>> cursor_keys;
};

/// The patients service: the routes of the contract's section 3 below /api, and ours. Requests are taken
/// as authenticated; `context.principal` says who asks. Safe from any I/O thread.
class Service {
 public:
  explicit Service(Dependencies dependencies);
  ~Service();

  Awaitable<http::Response> handle(http::Request request);

  /// Tells the register how the attempts ended that a stop left open. To be done before requests are taken.
  Awaitable<void> settle_earlier_run();
  /// Asks the register whether it answers, and tells it again of attempts whose record or end may have got lost on the
  /// way; to be called now and then, by one at a time. Throws when the register doesn't answer, and Refusal when it
  /// lacks records that it had.
  Awaitable<void> look_at_register();
  /// Makes durable how far all is settled, so that the next start reads little; to be called now and then.
  Awaitable<void> store_mark();

  /// Forgets idempotency rows older than a day; to be called now and then.
  Awaitable<void> sweep();

  const http::Router& router() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace assay::patients
