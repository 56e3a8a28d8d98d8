#include "patients/settlement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace assay::patients {

namespace {

constexpr std::size_t kEndsAtATime = 500;
/// A record that was on its way when the register went away is there by then, or never comes.
constexpr std::chrono::seconds kGrace{5};

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

Awaitable<Settlement::Found> Settlement::read_open(std::uint64_t from) {
  OpenIntents intents;
  for (bool is_last = false; !is_last;) {
    auto page = co_await dependencies_.access_log.read_intents(from);
    from = page.next;
    is_last = page.is_last;
    intents.see(std::move(page));
  }
  co_return Found{.open = std::move(intents).release(), .end = from};
}

Awaitable<void> Settlement::settle_earlier_run() {
  stored_mark_ = co_await dependencies_.store.settled_below();
  auto found = co_await read_open(stored_mark_);
  if (found.end < stored_mark_) {
    throw Refusal(
        fmt::format("the audit service has {} records, but the patients database knows of {}: one of the two "
                    "databases is not the newest; put that back, or restore both from one backup",
                    found.end, stored_mark_));
  }
  std::vector<Uuid> record_ids;
  record_ids.reserve(found.open.size());
  for (const auto& intent : found.open) record_ids.push_back(intent.record_id);
  std::vector<bool> carried_out;
  if (!record_ids.empty()) carried_out = co_await dependencies_.store.were_carried_out(std::move(record_ids));
  co_await tell(std::move(found.open), carried_out);
  intents_.resume_from(found.end);
  co_await store_mark();
}

Awaitable<void> Settlement::tell(std::vector<OpenIntent> intents, const std::vector<bool>& carried_out) {
  const auto operation_id = telemetry::TraceContext::begin(dependencies_.random).operation_id();
  std::vector<End> ends;
  for (std::size_t i = 0; i < intents.size(); ++i) {
    ends.push_back({.attempt = access_of(std::move(intents[i]), operation_id),
                    .outcome = carried_out.at(i) ? "done" : "not-done"});
    if (ends.size() == kEndsAtATime || i + 1 == intents.size()) {
      co_await dependencies_.access_log.record_ends(std::exchange(ends, {}));
    }
  }
}

Awaitable<void> Settlement::settle_abandoned() {
  auto abandoned = intents_.take_abandoned(dependencies_.clock.now() - kGrace);
  if (abandoned.empty()) co_return;
  std::exception_ptr failure;
  try {
    co_await tell_not_done(abandoned);
  } catch (...) {
    failure = std::current_exception();
  }
  for (const auto& one : abandoned) failure ? intents_.abandon(one) : intents_.settle(one.ticket);
  if (failure) std::rethrow_exception(failure);
}

Awaitable<void> Settlement::tell_not_done(std::vector<Intents::Abandoned> abandoned) {
  const auto lowest = std::ranges::min(abandoned, {}, [](const Intents::Abandoned& one) { return one.ticket.from(); });
  auto found = co_await read_open(lowest.ticket.from());
  std::erase_if(found.open, [&abandoned](const OpenIntent& intent) {
    return std::ranges::find(abandoned, intent.record_id, &Intents::Abandoned::record_id) == abandoned.end();
  });
  const std::vector<bool> carried_out(found.open.size(), false);
  co_await tell(std::move(found.open), carried_out);
}

Awaitable<void> Settlement::store_mark() {
  const auto mark = intents_.settled_below();
  if (mark <= stored_mark_) co_return;
  co_await dependencies_.store.raise_settled_below(mark);
  stored_mark_ = mark;
}

}  // namespace assay::patients
