#include "gateway/subscriptions.hpp"

#include <algorithm>

namespace assay::gateway {

namespace {

constexpr std::chrono::milliseconds kReloadPause{200};

}  // namespace

Subscriptions::Subscriptions(Store& store, AuditReporter* reporter, const Clock& clock, Random& random,
                             const telemetry::Log& log, telemetry::Metrics& metrics)
    : store_(store),
      reporter_(reporter),
      clock_(clock),
      random_(random),
      log_(log),
      active_(metrics.gauge("assay_gateway_subscriptions", "Subscriptions.", {{"state", "active"}})),
      suspended_(metrics.gauge("assay_gateway_subscriptions", "Subscriptions.", {{"state", "suspended"}})) {}

Awaitable<void> Subscriptions::start() {
  co_await reload();
  co_await hand_in_reports();
}

Awaitable<Result<NewKeys>> Subscriptions::create(std::string name, Scopes scopes, Author author) {
  auto primary = make_key(random_);
  auto secondary = make_key(random_);
  Subscription subscription{.id = Uuid::generate(random_),
                            .name = name,
                            .state = State::kActive,
                            .scopes = scopes,
                            .keys = {std::move(primary.stored), std::move(secondary.stored)},
                            .created_date = clock_.now()};
  auto created = report("create", std::move(name), std::move(author));
  if (auto done = co_await carry_out(store_.create(std::move(subscription), std::move(created))); !done) {
    co_return std::unexpected(std::move(done.error()));
  }
  co_return NewKeys{.primary = std::move(primary.key), .secondary = std::move(secondary.key)};
}

Awaitable<Result<SensitiveText>> Subscriptions::regenerate(std::string name, KeySlot slot, Author author) {
  auto made = make_key(random_);
  const auto* operation = slot == KeySlot::kPrimary ? "regenerate-primary" : "regenerate-secondary";
  auto regenerated = report(operation, name, std::move(author));
  auto change = store_.replace_key(std::move(name), slot, std::move(made.stored), std::move(regenerated));
  if (auto done = co_await carry_out(std::move(change)); !done) co_return std::unexpected(std::move(done.error()));
  co_return std::move(made.key);
}

Awaitable<Result<void>> Subscriptions::set_state(std::string name, State state, Author author) {
  auto changed = report(state == State::kActive ? "activate" : "suspend", name, std::move(author));
  co_return co_await carry_out(store_.set_state(std::move(name), state, std::move(changed)));
}

Awaitable<Result<void>> Subscriptions::remove(std::string name, Author author) {
  auto removed = report("delete", name, std::move(author));
  co_return co_await carry_out(store_.remove(std::move(name), std::move(removed)));
}

PendingReport Subscriptions::report(std::string operation, std::string name, Author author) {
  return {.record_id = Uuid::generate(random_),
          .operation = std::move(operation),
          .subscription_name = std::move(name),
          .actor = std::move(author.actor),
          .operation_id = std::move(author.operation_id),
          .span = std::move(author.span)};
}

Awaitable<Result<void>> Subscriptions::carry_out(Awaitable<Result<void>> change) {
  if (auto stored = co_await std::move(change); !stored) co_return stored;
  co_await bring_into_effect();
  try {
    co_await hand_in_reports();
  } catch (const std::exception& error) {
    reports_wait_ = true;
    log_.warning("a key change waits to be reported", {{"reason", std::string_view(error.what())}});
  }
  co_return Result<void>();
}

Awaitable<void> Subscriptions::bring_into_effect() {
  // The change is durable: whoever is told otherwise would lose a new key, and a suspended one would go on.
  Timer pause(co_await boost::asio::this_coro::executor);
  for (bool done = false; !done;) {
    try {
      co_await reload();
      done = true;
    } catch (const std::exception& error) {
      log_.warning("a key change waits to take effect", {{"reason", std::string_view(error.what())}});
    }
    if (done) continue;
    pause.expires_after(kReloadPause);
    co_await pause.async_wait(use_awaitable);
  }
}

Awaitable<void> Subscriptions::reload() {
  const auto reading = index_.begin_reading();
  const auto subscriptions = co_await store_.list();
  index_.publish(subscriptions, reading);
  const auto active = std::ranges::count(subscriptions, State::kActive, &Subscription::state);
  active_.Set(static_cast<double>(active));
  suspended_.Set(static_cast<double>(subscriptions.size()) - static_cast<double>(active));
}

Awaitable<void> Subscriptions::retry_reports() {
  if (!reports_wait_.exchange(false)) co_return;
  try {
    co_await hand_in_reports();
  } catch (...) {
    reports_wait_ = true;
    throw;
  }
}

Awaitable<void> Subscriptions::hand_in_reports() {
  if (reporter_ == nullptr) co_return;
  for (const auto& waiting : co_await store_.pending_reports()) {
    co_await reporter_->report_change(waiting);
    co_await store_.forget_report(waiting.record_id);
  }
}

}  // namespace assay::gateway
