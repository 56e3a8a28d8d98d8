#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "gateway/audit_reporter.hpp"
#include "gateway/store.hpp"
#include "gateway/subscription_index.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::gateway {

/// Who changes a subscription, and under which operation.
struct Author {
  Principal actor;
  std::string operation_id;
  telemetry::SpanPlace span = {};
};

/// Both keys of a subscription just made.
struct NewKeys {
  SensitiveText primary;
  SensitiveText secondary;
};

/// The subscriptions: each change is stored together with its report, then in effect, then reported; all of
/// that before the call returns, except that a report waits while the register can't take it. Safe from any
/// I/O thread.
class Subscriptions {
 public:
  /// Without a reporter the reports wait in the store.
  Subscriptions(Store& store, AuditReporter* reporter, const Clock& clock, Random& random, const telemetry::Log& log,
                telemetry::Metrics& metrics);

  /// Reads the store and hands in what waits; throws when the register doesn't take it.
  Awaitable<void> start();

  /// Hands in what the register didn't take when the change was made; to be called now and then. Throws when it
  /// still doesn't.
  Awaitable<void> retry_reports();

  const SubscriptionIndex& index() const { return index_; }

  Awaitable<std::vector<Subscription>> list() { return store_.list(); }
  Awaitable<Result<NewKeys>> create(std::string name, Scopes scopes, Author author);
  Awaitable<Result<SensitiveText>> regenerate(std::string name, KeySlot slot, Author author);
  Awaitable<Result<void>> set_state(std::string name, State state, Author author);
  Awaitable<Result<void>> remove(std::string name, Author author);

 private:
  PendingReport report(std::string operation, std::string name, Author author);
  Awaitable<Result<void>> carry_out(Awaitable<Result<void>> change);
  Awaitable<void> reload();
  /// Reloads until it works.
  Awaitable<void> bring_into_effect();
  Awaitable<void> hand_in_reports();

  Store& store_;
  AuditReporter* reporter_;
  const Clock& clock_;
  Random& random_;
  const telemetry::Log& log_;
  telemetry::Gauge& active_;
  telemetry::Gauge& suspended_;
  SubscriptionIndex index_;
  std::atomic<bool> reports_wait_{false};
};

}  // namespace assay::gateway
