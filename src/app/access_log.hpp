#pragma once

#include <atomic>
#include <functional>

#include "audit/store.hpp"
#include "base/io_threads.hpp"
#include "base/random.hpp"
#include "patients/access_log.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::app {

/// What the patients service reports, in the words of the audit register.
class RegisterAccessLog final : public patients::AccessLog {
 public:
  RegisterAccessLog(audit::Register& audit_register, IoThreads& threads, const telemetry::Log& log,
                    telemetry::Metrics& metrics);

  Awaitable<std::vector<patients::RecordedAccess>> record(std::vector<patients::Access> accesses) override;
  Awaitable<void> record_ends(std::vector<patients::End> ends) override;
  Awaitable<void> record_with_attempt(patients::End end) override;
  void queue_ends(std::vector<patients::End> ends, std::move_only_function<void(bool durable)> done) override;
  Awaitable<patients::IntentPage> read_intents(std::uint64_t from) override;

  /// Until then no access can be recorded: what a stop left open must be settled before new attempts begin.
  void open() { open_ = true; }
  void close() { open_ = false; }

  /// Outcomes that are handed in but not yet durable.
  std::size_t waiting_outcomes() const { return waiting_; }

 private:
  Awaitable<void> append_ends(std::vector<audit::NewRecord> records, std::move_only_function<void(bool durable)> done,
                              telemetry::SpanPlace under);

  audit::Register& register_;
  IoThreads& threads_;
  const telemetry::Log& log_;
  telemetry::Counter& lost_;
  std::atomic<bool> open_{false};
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace assay::app
