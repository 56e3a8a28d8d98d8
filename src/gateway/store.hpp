#pragma once

#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"
#include "base/principal.hpp"
#include "base/uuid.hpp"
#include "gateway/subscription.hpp"
#include "telemetry/span.hpp"

namespace assay::gateway {

/// A change of a subscription that must reach the audit register: stored in the transaction of the change,
/// so that neither is without the other, and removed once the register has it.
struct PendingReport {
  Uuid record_id;
  std::string operation;  ///< "create", "regenerate-primary", "regenerate-secondary", "suspend", "activate" or "delete"
  std::string subscription_name;
  Principal actor;
  /// Under which the change was made: a report that is handed in again must say the same.
  std::string operation_id;
  telemetry::SpanPlace span = {};  ///< where spans of the change begin; not stored
};

/// Where subscriptions live; the port that each store adapter implements. Every change is durable when its
/// call returns.
class Store {
 public:
  virtual ~Store() = default;

  virtual Awaitable<std::vector<Subscription>> list() = 0;
  /// Problem 409 when the name is taken.
  virtual Awaitable<Result<void>> create(Subscription subscription, PendingReport report) = 0;
  /// Problem 404 when there is none of that name; so do the next two.
  virtual Awaitable<Result<void>> replace_key(std::string name, KeySlot slot, StoredKey key, PendingReport report) = 0;
  virtual Awaitable<Result<void>> set_state(std::string name, State state, PendingReport report) = 0;
  virtual Awaitable<Result<void>> remove(std::string name, PendingReport report) = 0;

  virtual Awaitable<std::vector<PendingReport>> pending_reports() = 0;
  virtual Awaitable<void> forget_report(Uuid record_id) = 0;
};

}  // namespace assay::gateway
