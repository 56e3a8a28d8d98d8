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
  RegisterAccessLog(audit::Appender& audit_register, IoThreads& threads, Random& random, const telemetry::Log& log,
                    telemetry::Metrics& metrics);

  Awaitable<std::vector<patients::RecordedAccess>> record(std::vector<patients::Access> accesses) override;
  void record_outcome(patients::Access attempt, std::string result,
                      std::move_only_function<void()> once_durable) override;
  Awaitable<std::vector<patients::OpenIntent>> open_intents(std::uint64_t from, std::size_t limit) override;

  /// Until then every report throws: what a stop left open must be settled before new attempts begin.
  void open() { open_ = true; }

  /// Outcomes that are handed in but not yet durable.
  std::size_t waiting_outcomes() const { return waiting_; }
  /// Outcomes given up since the start.
  double lost_outcomes() const { return lost_.Value(); }

 private:
  Awaitable<void> append_outcome(audit::NewRecord record, std::move_only_function<void()> once_durable);

  audit::Appender& register_;
  IoThreads& threads_;
  Random& random_;
  const telemetry::Log& log_;
  telemetry::Counter& lost_;
  std::atomic<bool> open_{false};
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace assay::app
