#include "secrets/cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "base/error.hpp"

namespace assay::secrets {

namespace {

using std::chrono::steady_clock;

/// Looks out of turn: so many at once, then so many a second.
constexpr double kBurst = 10;
constexpr double kLooksPerSecond = 2;
constexpr std::size_t kWaitingLooks = 10'000;

std::vector<std::string> ids_of(const Secret& secret) {
  std::vector<std::string> ids;
  ids.reserve(secret.versions.size());
  for (const auto& version : secret.versions) ids.push_back(version.id);
  return ids;
}

double seconds(steady_clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

double unix_seconds(Timestamp moment) { return std::chrono::duration<double>(moment.time_since_epoch()).count(); }

}  // namespace

Cache::Cache(std::unique_ptr<Provider> provider, CacheSettings settings, const Clock& clock, Random& random,
             const telemetry::Log& log, telemetry::Metrics& metrics, telemetry::Tracer& tracer)
    : provider_(std::move(provider)),
      settings_(std::move(settings)),
      clock_(clock),
      random_(random),
      log_(log),
      metrics_(metrics),
      tracer_(tracer),
      allowance_(kBurst),
      allowance_at_(steady_clock::now()),
      last_success_(steady_clock::now()),
      thread_(1, kWaitingLooks) {}

void Cache::watch(std::string_view name, Use use) {
  const auto secret = provider_->read(name);
  if (!use(secret)) {
    throw Refusal(fmt::format("{} of {} is not what a secret of that name must be; put the right one back", name,
                              provider_->place()));
  }
  const telemetry::Labels labels{{"part", settings_.part}, {"name", std::string(name)}};
  watched_.push_back({.name = std::string(name),
                      .use = std::move(use),
                      .version_ids = ids_of(secret),
                      .changed = metrics_.gauge("assay_secret_changed_timestamp_seconds",
                                                "When the newest version of a secret was taken into use.", labels),
                      .failures = metrics_.counter("assay_secret_fetch_failures_total",
                                                   "Times that a secret could not be read or used.", labels)});
  note_version(watched_.back());
}

void Cache::note_version(const Watched& watched) {
  watched.changed.Set(unix_seconds(clock_.now()));
  metrics_.info("assay_secret_version_info", "The version of a secret in use.",
                {{"part", settings_.part}, {"name", watched.name}}, {{"version", watched.version_ids.front()}});
}

Awaitable<void> Cache::run() {
  while (true) {
    Timer timer(co_await boost::asio::this_coro::executor, next_delay());
    co_await timer.async_wait(use_awaitable);
    try {
      co_await thread_.run([this] {
        look();
        return true;
      });
    } catch (const Unavailable& error) {
      note(error.what());
    }
  }
}

Awaitable<void> Cache::look_again() {
  // One that began before now may have missed what the caller was shown.
  try {
    co_await thread_.run([this, looks_before = looks_.load()] {
      if (looks_ == looks_before && may_look_at_once()) look();
      return true;
    });
  } catch (const Unavailable&) {
    // So many wait that one of them will look; who doesn't wait is refused as if nothing newer were found.
  }
}

void Cache::look() {
  ++looks_;
  const auto own = tracer_.enter(std::nullopt, random_);
  const telemetry::Span span(tracer_.begin(own, {}), {.name = "look for newer secrets", .part = settings_.part});
  std::string reason;
  for (auto& watched : watched_) {
    try {
      look_at(watched, span.place());
    } catch (const std::exception& error) {
      watched.failures.Increment();
      reason = error.what();
    }
  }
  note(std::move(reason));
}

void Cache::look_at(Watched& watched, const telemetry::SpanPlace& under) {
  const telemetry::Span span(under, {.name = "fetch secret", .kind = telemetry::SpanKind::kClient},
                             {{"assay.secret.name", watched.name}});
  const auto secret = provider_->read(watched.name);
  auto ids = ids_of(secret);
  span.set("assay.secret.version", ids.front());
  if (ids == watched.version_ids) return;
  if (!watched.use(secret)) {
    throw Refusal(fmt::format("version {} of {} is not what a secret of that name must be", ids.front(), watched.name));
  }
  watched.version_ids = std::move(ids);
  note_version(watched);
  log_.info("secret changed", {{"secret", watched.name}, {"version", watched.version_ids.front()}});
}

bool Cache::may_look_at_once() {
  const auto now = steady_clock::now();
  allowance_ = std::min(kBurst, allowance_ + seconds(now - allowance_at_) * kLooksPerSecond);
  allowance_at_ = now;
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

void Cache::note(std::string reason) {
  const std::scoped_lock lock(mutex_);
  if (reason.empty()) last_success_ = steady_clock::now();
  if (reason == reason_) return;
  if (reason.empty()) {
    log_.info("secrets can be looked at again", {{"place", provider_->place()}});
  } else {
    log_.warning("secrets can't be looked at", {{"reason", reason}});
  }
  reason_ = std::move(reason);
}

std::optional<CacheTrouble> Cache::trouble() const {
  const std::scoped_lock lock(mutex_);
  if (reason_.empty()) return std::nullopt;
  return CacheTrouble{.reason = reason_, .is_over_patience = steady_clock::now() - last_success_ > settings_.patience};
}

std::chrono::milliseconds Cache::next_delay() {
  // All that read one vault must not do it at the same moment.
  Bytes32 bytes{};
  random_.fill(bytes);
  const auto share = 0.8 + 0.4 * bytes.front() / 255.0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(settings_.refresh * share);
}

std::shared_ptr<AcceptedKeys> follow_accepted(Cache& cache, std::string_view name, KeyForm form, const Clock& clock,
                                              Overlap overlap) {
  auto accepted = std::make_shared<AcceptedKeys>(clock, overlap);
  cache.watch(name, [accepted, form](const Secret& secret) {
    const auto keys = parse_key_list(secret.newest().value.reveal(), form);
    if (keys) accepted->replace(*keys);
    return keys.has_value();
  });
  return accepted;
}

std::optional<Secret> as_secret(const Secret& secret) { return secret; }

std::optional<std::vector<SensitiveText>> as_texts(const Secret& secret) {
  std::vector<SensitiveText> texts;
  texts.reserve(secret.versions.size());
  for (const auto& version : secret.versions) texts.push_back(version.value);
  return texts;
}

std::optional<SigningKeys> as_signing_keys(const Secret& secret) {
  SigningKeys keys;
  for (const auto& version : secret.versions) {
    auto key = SigningKey::parse(version.value);
    if (key) {
      keys.push_back({.id = version.id, .key = std::move(*key)});
    } else if (keys.empty()) {
      return std::nullopt;
    }
  }
  return keys;
}

}  // namespace assay::secrets
