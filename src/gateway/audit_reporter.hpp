#pragma once

#include <string>

#include "base/async.hpp"
#include "base/principal.hpp"
#include "gateway/store.hpp"

namespace assay::gateway {

/// Where the gateway reports key changes and refusals: the audit register.
class AuditReporter {
 public:
  virtual ~AuditReporter() = default;
  /// Returns once the record is durable; a repeat of the same report is acknowledged again. Throws when it is not.
  virtual Awaitable<void> report_change(PendingReport report) = 0;
  /// A request of an authenticated subscription that lacks a scope; queued, not waited for, never throws.
  virtual void report_refusal(Principal principal, std::string operation, std::string operation_id,
                              telemetry::SpanPlace under) = 0;
};

}  // namespace assay::gateway
