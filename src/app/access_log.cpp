#include "app/access_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace assay::app {

namespace {

constexpr std::size_t kMaximumWaitingOutcomes = 10'000;
constexpr int kOutcomeAttempts = 5;
constexpr int kConflict = 409;
/// A longer id of a resource (criteria, many ids, what was asked for in place of an id) stands in the attempt's record
/// alone.
constexpr std::size_t kLongestRepeatedId = 64;
constexpr std::chrono::milliseconds kFirstRetryDelay{200};

/// Who acts where nobody asks: the patients service by itself.
Principal service_itself() {
  return {
      .kind = "host-key", .id = "audit-host-key", .name = "audit-host-key", .on_behalf_of = {}, .purpose_of_use = {}};
}

audit::NewRecord to_record(patients::Access access) {
  return {.id = access.record_id,
          .source_system_name = std::string(audit::kPatientsSource),
          .resource = audit::Resource{.type = std::move(access.resource_type),
                                      .id = std::move(access.resource_id),
                                      .operation = std::move(access.operation)},
          .actor = access.principal ? std::move(*access.principal) : service_itself(),
          .operation_id = std::move(access.operation_id),
          .patient_id = access.patient_id,
          .outcome = std::nullopt,
          .part_of = access.part_of};
}

audit::NewRecord to_record(patients::End end) {
  const auto attempt_id = end.attempt.record_id;
  auto record = to_record(std::move(end.attempt));
  record.id = end.record_id;
  record.outcome = audit::Outcome{.result = std::move(end.outcome), .of = attempt_id};
  if (record.resource->id->size() > kLongestRepeatedId) record.resource->id.reset();
  return record;
}

std::vector<audit::NewRecord> records_of(std::vector<patients::End> ends) {
  std::vector<audit::NewRecord> records;
  records.reserve(ends.size());
  for (auto& end : ends) records.push_back(to_record(std::move(end)));
  return records;
}

}  // namespace

RegisterAccessLog::RegisterAccessLog(audit::Register& audit_register, IoThreads& threads, const telemetry::Log& log,
                                     telemetry::Metrics& metrics)
    : register_(audit_register),
      threads_(threads),
      log_(log),
      lost_(metrics.counter("assay_audit_outcomes_lost_total", "Outcomes that could not be recorded.")) {}

Awaitable<std::vector<patients::RecordedAccess>> RegisterAccessLog::record(std::vector<patients::Access> accesses) {
  if (!open_) throw Unavailable("attempts that a stop left open are not settled yet");
  auto under = accesses.empty() ? telemetry::SpanPlace() : accesses.front().span;
  std::vector<audit::NewRecord> records;
  records.reserve(accesses.size());
  for (auto& access : accesses) records.push_back(to_record(std::move(access)));
  const auto appended = co_await register_.append(std::move(records), std::move(under));
  if (!appended) throw Unavailable("the register refused a record: " + appended.error().detail);
  std::vector<patients::RecordedAccess> recorded;
  recorded.reserve(appended->size());
  for (const auto& place : *appended) recorded.push_back({.record_id = place.id, .index = place.index});
  co_return recorded;
}

Awaitable<void> RegisterAccessLog::record_ends(std::vector<patients::End> ends) {
  const auto appended = co_await register_.append(records_of(std::move(ends)), {});
  if (!appended) throw Unavailable("the register refused an outcome: " + appended.error().detail);
}

Awaitable<void> RegisterAccessLog::record_with_attempt(patients::End end) {
  std::vector<audit::NewRecord> both;
  both.push_back(to_record(end.attempt));
  both.push_back(to_record(end));
  if (co_await register_.append(std::move(both), {})) co_return;
  // The principal's signature has expired: the service says it by itself. If the attempt is there under the caller's
  // name, that is refused, and as good.
  end.attempt.principal.reset();
  std::vector<audit::NewRecord> attempt;
  attempt.push_back(to_record(end.attempt));
  const auto recorded = co_await register_.append(std::move(attempt), {});
  if (!recorded && recorded.error().status != kConflict) {
    throw Unavailable("the register refused an attempt: " + recorded.error().detail);
  }
  std::vector<patients::End> ends;
  ends.push_back(std::move(end));
  co_await record_ends(std::move(ends));
}

void RegisterAccessLog::queue_ends(std::vector<patients::End> ends, std::move_only_function<void(bool)> done) {
  const auto count = ends.size();
  if (waiting_.fetch_add(count) >= kMaximumWaitingOutcomes) {
    waiting_ -= count;
    lost_.Increment(static_cast<double>(count));
    if (done) done(false);
    return;
  }
  auto under = ends.front().attempt.span;
  auto records = records_of(std::move(ends));
  // Any I/O thread will do: nobody waits for it.
  auto& context = threads_.context(records.front().id.bytes.back() % threads_.size());
  boost::asio::co_spawn(context, append_ends(std::move(records), std::move(done), std::move(under)),
                        boost::asio::detached);
}

Awaitable<void> RegisterAccessLog::append_ends(std::vector<audit::NewRecord> records,
                                               std::move_only_function<void(bool)> done, telemetry::SpanPlace under) {
  Timer timer(co_await boost::asio::this_coro::executor);
  auto delay = kFirstRetryDelay;
  bool durable = false;
  for (int attempt = 0; attempt < kOutcomeAttempts && !durable; ++attempt) {
    try {
      // A later attempt is told by itself, so that the operation is to be seen meanwhile.
      durable = (co_await register_.append(records, std::exchange(under, {}))).has_value();
    } catch (const std::exception& error) {
      log_.warning("an outcome waits for the register", {{"reason", std::string_view(error.what())}});
    }
    if (durable) break;
    timer.expires_after(delay);
    co_await timer.async_wait(use_awaitable);
    delay *= 2;
  }
  if (!durable) lost_.Increment(static_cast<double>(records.size()));
  if (done) done(durable);
  waiting_ -= records.size();
}

Awaitable<patients::IntentPage> RegisterAccessLog::read_intents(std::uint64_t from) {
  auto read = co_await register_.read_intents(from);
  patients::IntentPage page{.open = {}, .ended = std::move(read.ended), .next = read.next, .is_last = read.is_last};
  page.open.reserve(read.open.size());
  for (auto& intent : read.open) {
    page.open.push_back({.record_id = intent.id,
                         .index = intent.index,
                         .patient_id = intent.patient_id,
                         .resource_type = std::move(intent.resource.type),
                         .operation = std::move(intent.resource.operation),
                         .resource_id = intent.resource.id.value_or("")});
  }
  co_return page;
}

}  // namespace assay::app
