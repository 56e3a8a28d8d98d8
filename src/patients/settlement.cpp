#include "patients/settlement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace assay::patients {

namespace {

constexpr std::size_t kEndsAtATime = 500;
/// The largest whole number that JSON carries exactly.
constexpr std::uint64_t kBeyondAllIndexes = (std::uint64_t{1} << 53U) - 1;

/// Puts stretches of the register together: an outcome may stand in a later one than its attempt.
class OpenIntents {
 public:
  void see(IntentPage page) {
    for (const auto& id : page.ended) {
      const auto known = indexes_.find(id);
      if (known != indexes_.end()) by_index_.erase(known->second);
    }
    for (auto& intent : page.open) {
      indexes_[intent.record_id] = intent.index;
      by_index_[intent.index] = std::move(intent);
    }
  }

  std::vector<OpenIntent> release() && {
    std::vector<OpenIntent> intents;
    intents.reserve(by_index_.size());
    for (auto& [index, intent] : by_index_) intents.push_back(std::move(intent));
    return intents;
  }

 private:
  std::map<std::uint64_t, OpenIntent> by_index_;
  std::unordered_map<Uuid, std::uint64_t> indexes_;
};

void require_whole(std::uint64_t known, std::uint64_t register_size) {
  if (register_size >= known) return;
  throw Refusal(
      fmt::format("the audit service has {} records, but the patients service knows of {}: one of their "
                  "databases is not the newest; put that back, or restore both as they were backed up "
                  "together, then start again",
                  register_size, known));
}

Access access_of(OpenIntent intent, const std::string& operation_id) {
  return {.record_id = intent.record_id,
          .resource_type = std::move(intent.resource_type),
          .operation = std::move(intent.operation),
          .resource_id = std::move(intent.resource_id),
          .patient_id = intent.patient_id,
          .principal = std::nullopt,
          .operation_id = operation_id};
}

}  // namespace

Awaitable<void> Settlement::settle_earlier_run() {
  if (!plan_) plan_ = co_await make_plan();
  while (!plan_->ends.empty()) {
    const auto count = std::min(plan_->ends.size(), kEndsAtATime);
    const auto last = plan_->ends.begin() + static_cast<std::ptrdiff_t>(count);
    co_await dependencies_.access_log.record_ends(std::vector(plan_->ends.begin(), last));
    plan_->ends.erase(plan_->ends.begin(), last);
  }
  intents_.resume_from(plan_->register_size);
  co_await store_mark();
}

Awaitable<Settlement::Plan> Settlement::make_plan() {
  stored_mark_ = co_await dependencies_.store.settled_below();
  OpenIntents intents;
  auto from = stored_mark_;
  for (bool is_last = false; !is_last;) {
    auto page = co_await dependencies_.access_log.read_intents(from);
    from = page.next;
    is_last = page.is_last;
    intents.see(std::move(page));
  }
  require_whole(stored_mark_, from);
  auto open = std::move(intents).release();
  std::vector<Uuid> record_ids;
  record_ids.reserve(open.size());
  for (const auto& intent : open) record_ids.push_back(intent.record_id);
  std::vector<bool> carried_out;
  const bool has_erasure = std::ranges::any_of(open, [](const auto& intent) { return intent.operation == "erase"; });
  if (has_erasure) co_await dependencies_.store.finish_erasure();
  if (!record_ids.empty()) carried_out = co_await dependencies_.store.were_carried_out(std::move(record_ids));
  const auto operation_id = telemetry::TraceContext::begin(dependencies_.random).operation_id();
  Plan plan{.ends = {}, .register_size = from};
  for (std::size_t i = 0; i < open.size(); ++i) {
    plan.ends.push_back({.record_id = Uuid::generate_ordered(dependencies_.random, dependencies_.clock.now()),
                         .attempt = access_of(std::move(open[i]), operation_id),
                         .outcome = carried_out.at(i) ? "done" : "not-done"});
  }
  co_return plan;
}

Awaitable<void> Settlement::look_at_register() {
  // Before the question: meanwhile others are recorded.
  const auto known = intents_.settled_below();
  const auto page = co_await dependencies_.access_log.read_intents(kBeyondAllIndexes);
  require_whole(known, page.next);
  co_await settle_abandoned();
}

Awaitable<void> Settlement::settle_abandoned() {
  auto abandoned = intents_.take_abandoned();
  std::exception_ptr failure;
  for (auto& one : abandoned) {
    try {
      if (!failure) co_await tell_again(one);
    } catch (...) {
      failure = std::current_exception();
    }
    failure ? intents_.abandon(std::move(one)) : intents_.settle(one.ticket);
  }
  if (failure) std::rethrow_exception(failure);
}

Awaitable<void> Settlement::tell_again(Intents::Abandoned abandoned) {
  if (!abandoned.is_recorded) co_return co_await dependencies_.access_log.record_with_attempt(std::move(abandoned.end));
  std::vector<End> ends;
  ends.push_back(std::move(abandoned.end));
  co_await dependencies_.access_log.record_ends(std::move(ends));
}

Awaitable<void> Settlement::store_mark() {
  const auto mark = intents_.settled_below();
  if (mark <= stored_mark_) co_return;
  co_await dependencies_.store.raise_settled_below(mark);
  stored_mark_ = mark;
}

}  // namespace assay::patients
