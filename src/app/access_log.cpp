#include "app/access_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

namespace assay::app {

namespace {

/// The name by which the reference's patients service signs its records.
constexpr std::string_view kSourceSystemName = "PatientTestApi";

constexpr std::size_t kMaximumWaitingOutcomes = 10'000;
constexpr int kOutcomeAttempts = 5;
constexpr std::chrono::milliseconds kFirstRetryDelay{200};

using RetryTimer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                     boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

audit::NewRecord to_record(patients::Access access) {
  return {.id = access.record_id,
          .source_system_name = std::string(kSourceSystemName),
          .resource = audit::Resource{.type = std::move(access.resource_type),
                                      .id = std::move(access.resource_id),
                                      .operation = std::move(access.operation)},
          .actor = std::move(access.principal),
          .operation_id = std::move(access.operation_id),
          .patient_id = access.patient_id,
          .outcome = std::nullopt};
}

}  // namespace

RegisterAccessLog::RegisterAccessLog(audit::Appender& audit_register, IoThreads& threads, Random& random,
                                     const telemetry::Log& log, telemetry::Metrics& metrics)
    : register_(audit_register),
      threads_(threads),
      random_(random),
      log_(log),
      lost_(metrics.counter("assay_audit_outcomes_lost_total", "Outcomes that could not be recorded.")) {}

Awaitable<std::vector<patients::RecordedAccess>> RegisterAccessLog::record(std::vector<patients::Access> accesses) {
  if (!open_) throw Unavailable("attempts that a stop left open are not settled yet");
  std::vector<audit::NewRecord> records;
  records.reserve(accesses.size());
  for (auto& access : accesses) records.push_back(to_record(std::move(access)));
  const auto appended = co_await register_.append(std::move(records));
  if (!appended) throw Unavailable("the register refused a record: " + appended.error().detail);
  std::vector<patients::RecordedAccess> recorded;
  recorded.reserve(appended->size());
  for (const auto& place : *appended) recorded.push_back({.record_id = place.id, .index = place.index});
  co_return recorded;
}

void RegisterAccessLog::record_outcome(patients::Access attempt, std::string result,
                                       std::move_only_function<void()> once_durable) {
  const auto attempt_id = attempt.record_id;
  auto record = to_record(std::move(attempt));
  record.id = Uuid::generate(random_);
  record.outcome = audit::Outcome{.result = std::move(result), .of = attempt_id};
  if (waiting_.fetch_add(1) >= kMaximumWaitingOutcomes) {
    --waiting_;
    lost_.Increment();
    return;
  }
  // Any I/O thread will do: nobody waits for it.
  auto& context = threads_.context(record.id.bytes[0] % threads_.size());
  boost::asio::co_spawn(context, append_outcome(std::move(record), std::move(once_durable)), boost::asio::detached);
}

Awaitable<void> RegisterAccessLog::append_outcome(audit::NewRecord record,
                                                  std::move_only_function<void()> once_durable) {
  RetryTimer timer(co_await boost::asio::this_coro::executor);
  auto delay = kFirstRetryDelay;
  bool done = false;
  for (int attempt = 0; attempt < kOutcomeAttempts && !done; ++attempt) {
    try {
      done = (co_await register_.append({record})).has_value();
    } catch (const std::exception& error) {
      log_.warning("an outcome waits for the register", {{"reason", std::string_view(error.what())}});
    }
    if (done) break;
    timer.expires_after(delay);
    co_await timer.async_wait(use_awaitable);
    delay *= 2;
  }
  if (!done) lost_.Increment();
  if (done && once_durable) once_durable();
  --waiting_;
}

Awaitable<std::vector<patients::OpenIntent>> RegisterAccessLog::open_intents(std::uint64_t from, std::size_t limit) {
  auto intents = co_await register_.open_intents(std::string(kSourceSystemName), from, limit);
  std::vector<patients::OpenIntent> open;
  open.reserve(intents.size());
  for (auto& intent : intents) {
    open.push_back({.record_id = intent.id,
                    .index = intent.index,
                    .patient_id = intent.patient_id,
                    .resource_type = std::move(intent.resource.type),
                    .operation = std::move(intent.resource.operation),
                    .resource_id = intent.resource.id.value_or("")});
  }
  co_return open;
}

}  // namespace assay::app
