#pragma once

#include "audit/store.hpp"
#include "base/io_threads.hpp"
#include "base/random.hpp"
#include "gateway/service.hpp"

namespace assay::app {

/// What the gateway reports, in the words of the audit register.
class RegisterReporter final : public gateway::AuditReporter {
 public:
  RegisterReporter(audit::Appender& audit_register, IoThreads& threads, Random& random, const telemetry::Log& log);

  Awaitable<void> report_change(gateway::PendingReport report) override;
  void report_refusal(Principal principal, std::string operation, std::string operation_id,
                      telemetry::SpanPlace under) override;

 private:
  Awaitable<void> append_refusal(audit::NewRecord record, telemetry::SpanPlace under);

  audit::Appender& register_;
  IoThreads& threads_;
  Random& random_;
  const telemetry::Log& log_;
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace assay::app
