#include "app/parts.hpp"

#include <fmt/format.h>

#include <boost/asio/detached.hpp>

#include "app/assets.hpp"
#include "app/log_metrics.hpp"
#include "app/replaced_log.hpp"
#include "audit/retention.hpp"

namespace assay::app {

namespace {

constexpr std::chrono::seconds kRetryDelay{1};
constexpr std::chrono::hours kSweepInterval{1};
constexpr std::chrono::minutes kMarkInterval{1};
constexpr std::chrono::seconds kOutcomeGrace{5};
constexpr std::chrono::milliseconds kPoll{1};

Awaitable<void> wait(std::chrono::milliseconds delay) {
  Timer timer(co_await boost::asio::this_coro::executor, delay);
  co_await timer.async_wait(use_awaitable);
}

PartHealth to_health(sqlite::Health health, std::string reason) {
  switch (health) {
    case sqlite::Health::kReady:
      return {};
    case sqlite::Health::kDegraded:
      return {.readiness = Readiness::kDegraded, .reason = std::move(reason)};
    case sqlite::Health::kFailed:
      break;
  }
  return {.readiness = Readiness::kUnavailable, .reason = std::move(reason)};
}

void require_writable(const sqlite::Writer& writer, const PartFolder& folder) {
  if (writer.health() != sqlite::Health::kFailed) return;
  throw Refusal(
      fmt::format("the database {} can't be written: {}; run assay check, and restore a backup if it finds "
                  "faults",
                  folder.database().string(), writer.health_reason()));
}

PartHealth waiting_for_audit() {
  return {.readiness = Readiness::kUnavailable, .reason = "waiting for the audit service"};
}

/// Does `step` until it succeeds or `keep_trying` says no.
void retry(Foundation& foundation, const telemetry::Log& log, const std::function<bool()>& keep_trying,
           const std::function<Awaitable<void>()>& step) {
  while (keep_trying()) {
    try {
      return foundation.wait_for(step());
    } catch (const Unavailable& error) {
      log.warning("waiting for the audit service", {{"reason", std::string_view(error.what())}});
      foundation.wait_for(wait(kRetryDelay));
    }
  }
}

}  // namespace

AuditPart::AuditPart(Foundation& foundation, const std::filesystem::path& data_directory, Settings settings)
    : foundation_(foundation),
      log_(foundation.log.of_part("audit")),
      folder_(data_directory, "audit"),
      store_(folder_.path(), foundation.clock, foundation.random, log_, foundation.metrics),
      queries_(folder_.database()),
      erasure_routes_(store_, foundation.clock, foundation.random, log_, foundation.metrics),
      settings_(std::move(settings)),
      head_file_(settings_.head_file.empty() ? folder_.log_head() : settings_.head_file),
      secret_recorder_(*settings_.secret_versions, store_, folder_.recorded_secrets()) {
  mark_.set();
}

void AuditPart::start() {
  require_working();
  if (const auto kept = keep_replaced_head(folder_, head_file_.path()).string(); !kept.empty()) {
    log_.info("the log's head from before the restore is kept", {{"folder", std::string_view(kept)}});
  }
  auto log = open_log();
  if (log.newest && store_.head().size > log.newest->tree.size) {
    log_.warning("records behind the newest checkpoint are signed now; a clean stop leaves none",
                 {{"records", static_cast<std::int64_t>(store_.head().size - log.newest->tree.size)}});
  }
  const bool is_first_start = store_.head().size == 0;
  auto in_force = log.signer;
  signer_.emplace(store_, head_file_, std::move(log), foundation_.clock, log_);
  foundation_.wait_for(signer_->sign_newest());
  if (!signer_->newest()) throw Refusal(signer_->failure());
  rotation_.emplace(audit::LogRotation::Parameters{.store = store_,
                                                   .signer = *signer_,
                                                   .in_force = std::move(in_force),
                                                   .overlap = settings_.key_overlap,
                                                   .rotator = current_operator(),
                                                   .random = foundation_.random,
                                                   .clock = foundation_.clock});
  foundation_.wait_for(take_newest_key());
  boost::asio::co_spawn(foundation_.threads.context(0), signer_->run(), boost::asio::detached);
  service_.emplace(audit::Dependencies{.store = store_,
                                       .signer = *signer_,
                                       .register_reader = queries_,
                                       .clock = foundation_.clock,
                                       .random = foundation_.random,
                                       .log = log_,
                                       .metrics = foundation_.metrics,
                                       .principals = settings_.principals});
  foundation_.wait_for(record_secrets(is_first_start));
  boost::asio::co_spawn(foundation_.threads.context(0), follow_secrets(), boost::asio::detached);
  if (settings_.retention > std::chrono::days(0)) {
    boost::asio::co_spawn(foundation_.threads.context(0), erase_old_now_and_then(), boost::asio::detached);
  }
  measure_log(foundation_.metrics, store_, *signer_, head_file_.path());
  operator_door_.emplace(
      foundation_, folder_.operator_socket(), traces_, [this] { return health(); }, operator_handler());
}

audit::OpenedLog AuditPart::open_log() {
  return foundation_.wait_for(audit::open_log({.store = store_,
                                               .keys = *settings_.log_keys->get(),
                                               .head_file = head_file_,
                                               .restored_mark = folder_.restored_mark(),
                                               .origin_prefix = settings_.origin_prefix,
                                               .restorer = current_operator(),
                                               .key_overlap = settings_.key_overlap,
                                               .random = foundation_.random,
                                               .clock = foundation_.clock}));
}

http::Handler AuditPart::operator_handler() {
  return [this](http::Request request) {
    request.context.principal = current_operator();
    return erasure_routes_.handle(std::move(request));
  };
}

Awaitable<void> AuditPart::record_secrets(bool is_first_start) {
  try {
    auto changes =
        co_await secrets_thread_.run([this, is_first_start] { return secret_recorder_.find_changes(is_first_start); });
    note_unrecorded({});
    if (changes.empty()) co_return;
    co_await secret_recorder_.record(std::move(changes));
    co_await secrets_thread_.run([this] {
      secret_recorder_.note_recorded();
      return true;
    });
  } catch (const std::exception& error) {
    note_unrecorded(error.what());
  }
}

void AuditPart::note_unrecorded(std::string reason) {
  const std::scoped_lock lock(mutex_);
  if (!reason.empty() && reason != unrecorded_) {
    log_.warning("changes of secrets could not be recorded", {{"reason", std::string_view(reason)}});
  }
  unrecorded_ = std::move(reason);
}

Awaitable<void> AuditPart::take_newest_key() {
  try {
    const auto key = co_await rotation_->take(settings_.log_keys->get()->front());
    if (!key) co_return;
    log_.info("the log goes on under a new key", {{"key", std::string_view(*key)}});
    co_await signer_->sign_newest();
  } catch (const std::exception& error) {
    log_.warning("the log's new key could not be taken into use", {{"reason", std::string_view(error.what())}});
  }
}

Awaitable<void> AuditPart::follow_secrets() {
  while (true) {
    co_await wait(settings_.secret_refresh);
    co_await record_secrets(false);
    co_await take_newest_key();
  }
}

Awaitable<void> AuditPart::erase_old_now_and_then() {
  audit::Retention retention(store_, foundation_.clock, foundation_.random, settings_.retention);
  while (true) {
    bool is_more = false;
    try {
      is_more = co_await retention.erase_some();
    } catch (const std::exception& error) {
      log_.warning("old records could not be erased", {{"reason", std::string_view(error.what())}});
    }
    co_await wait(is_more ? std::chrono::milliseconds(kPoll) : kSweepInterval);
  }
}

void AuditPart::finish() {
  operator_door_.reset();
  foundation_.wait_for(signer_->sign_newest());
}

void AuditPart::require_working() const { require_writable(store_.writer(), folder_); }

http::Handler AuditPart::handler() {
  return [this](http::Request request) { return service_->handle(std::move(request)); };
}

http::Handler AuditPart::gateway_handler() {
  return [this](http::Request request) {
    request.context.host_key = audit::kGatewayKeyName;
    return service_->handle(std::move(request));
  };
}

PartHealth AuditPart::health() const {
  auto health = to_health(store_.writer().health(), store_.writer().health_reason());
  const auto failure = signer_ ? signer_->failure() : std::string();
  if (health.readiness != Readiness::kReady) return health;
  if (!failure.empty()) {
    return {.readiness = Readiness::kDegraded, .reason = "the log's tree can't be signed: " + failure};
  }
  const std::scoped_lock lock(mutex_);
  if (unrecorded_.empty()) return health;
  return {.readiness = Readiness::kDegraded, .reason = "changes of secrets can't be recorded: " + unrecorded_};
}

PatientsPart::PatientsPart(Foundation& foundation, const std::filesystem::path& data_directory,
                           audit::Register& audit_register,
                           std::shared_ptr<const Current<std::vector<SensitiveText>>> cursor_keys,
                           std::vector<TraceNeighbour> behind)
    : foundation_(foundation),
      log_(foundation.log.of_part("patients")),
      folder_(data_directory, "patients"),
      store_(folder_.database(), {.store = "patients", .reserve = folder_.reserve()}, log_, foundation.metrics),
      access_log_(audit_register, foundation.threads, log_, foundation.metrics),
      service_({.store = store_,
                .access_log = access_log_,
                .clock = foundation.clock,
                .random = foundation.random,
                .log = log_,
                .metrics = foundation.metrics,
                .cursor_keys = std::move(cursor_keys)}),
      traces_(foundation, "patients", std::move(behind)) {
  mark_.set();
}

void PatientsPart::start() {
  try {
    foundation_.wait_for(settle());
  } catch (const Unavailable& error) {
    require_writable(store_.writer(), folder_);
    log_.warning("waiting for the audit service", {{"reason", std::string_view(error.what())}});
  }
  boost::asio::co_spawn(foundation_.threads.context(0), watch_register(), boost::asio::detached);
  boost::asio::co_spawn(foundation_.threads.context(0), sweep_now_and_then(), boost::asio::detached);
  operator_door_.emplace(foundation_, folder_.operator_socket(), traces_, [this] { return health(); }, nullptr);
}

Awaitable<void> PatientsPart::settle() {
  co_await service_.settle_earlier_run();
  settled_ = true;
  access_log_.open();
  register_answers_ = true;
}

Awaitable<void> PatientsPart::watch_register() {
  auto next_mark = std::chrono::steady_clock::now() + kMarkInterval;
  while (true) {
    co_await wait(kRetryDelay);
    try {
      co_await (settled_ ? service_.look_at_register() : settle());
      register_answers_ = true;
      if (!settled_ || std::chrono::steady_clock::now() < next_mark) continue;
      next_mark = std::chrono::steady_clock::now() + kMarkInterval;
      co_await service_.store_mark();
    } catch (const Refusal& refusal) {
      // Attempts may be under way: only a start can settle anew.
      access_log_.close();
      register_lost_records_ = true;
      log_.error("accesses have ended", {{"reason", std::string_view(refusal.what())}});
      co_return;
    } catch (const std::exception& error) {
      if (register_answers_.exchange(false)) {
        log_.warning("the audit service is away", {{"reason", std::string_view(error.what())}});
      }
    }
  }
}

Awaitable<void> PatientsPart::sweep_now_and_then() {
  while (true) {
    try {
      co_await service_.sweep();
    } catch (const std::exception& error) {
      log_.warning("the sweep of old rows failed", {{"reason", std::string_view(error.what())}});
    }
    co_await wait(kSweepInterval);
  }
}

void PatientsPart::finish() {
  operator_door_.reset();
  const auto deadline = std::chrono::steady_clock::now() + kOutcomeGrace;
  while (access_log_.waiting_outcomes() > 0 && std::chrono::steady_clock::now() < deadline) {
    foundation_.wait_for(wait(kPoll));
  }
  try {
    foundation_.wait_for(service_.store_mark());
  } catch (const std::exception& error) {
    log_.warning("how far all is settled could not be stored", {{"reason", std::string_view(error.what())}});
  }
}

http::Handler PatientsPart::handler() {
  return [this](http::Request request) { return service_.handle(std::move(request)); };
}

PartHealth PatientsPart::health() const {
  if (register_lost_records_) {
    return {.readiness = Readiness::kUnavailable, .reason = "the audit service lacks records that it had; see the log"};
  }
  return register_answers_ ? to_health(store_.writer().health(), store_.writer().health_reason()) : waiting_for_audit();
}

GatewayPart::GatewayPart(Foundation& foundation, const std::filesystem::path& data_directory, Surroundings surroundings)
    : foundation_(foundation),
      log_(foundation.log.of_part("gateway")),
      folder_(data_directory, "gateway"),
      store_(folder_.database(), folder_.reserve(), log_, foundation.metrics),
      reporter_(surroundings.audit_register == nullptr
                    ? nullptr
                    : std::make_unique<RegisterReporter>(*surroundings.audit_register, foundation.threads,
                                                         foundation.random, log_)),
      service_({.store = store_,
                .reporter = reporter_.get(),
                .patients = std::move(surroundings.patients),
                .audit = std::move(surroundings.audit),
                .clock = foundation.clock,
                .random = foundation.random,
                .log = log_,
                .metrics = foundation.metrics,
                .assets = assets(),
                .log_is_public = surroundings.log_is_public,
                .is_up = std::move(surroundings.is_up)}),
      traces_(foundation, "gateway", std::move(surroundings.behind)) {
  mark_.set();
}

void GatewayPart::start(const std::function<bool()>& keep_trying) {
  const auto may_go_on = [this, &keep_trying] {
    require_writable(store_.writer(), folder_);
    return keep_trying();
  };
  retry(foundation_, log_, may_go_on, [this] { return service_.start(); });
  started_ = true;
  boost::asio::co_spawn(foundation_.threads.context(0), retry_reports_now_and_then(), boost::asio::detached);
  operator_door_.emplace(
      foundation_, folder_.operator_socket(), traces_, [this] { return health(); }, operator_handler());
}

Awaitable<void> GatewayPart::retry_reports_now_and_then() {
  while (true) {
    co_await wait(kRetryDelay);
    try {
      co_await service_.retry_reports();
    } catch (const std::exception&) {
      continue;  // it was told when the change was made
    }
  }
}

void GatewayPart::finish() { operator_door_.reset(); }

http::Handler GatewayPart::handler() {
  return [this](http::Request request) { return service_.handle(std::move(request)); };
}

http::Handler GatewayPart::operator_handler() {
  return [this](http::Request request) {
    request.context.principal = current_operator();
    return service_.handle_operator(std::move(request));
  };
}

PartHealth GatewayPart::health() const {
  return started_ ? to_health(store_.writer().health(), store_.writer().health_reason()) : waiting_for_audit();
}

}  // namespace assay::app
