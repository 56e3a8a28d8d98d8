#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/fixed_clock.hpp"
#include "gateway/service.hpp"

namespace assay::gateway {

/// Runs a coroutine to its end, for tests.
template <class T>
T run(Awaitable<T> call) {
  boost::asio::io_context context(1);
  auto result = boost::asio::co_spawn(context, std::move(call), boost::asio::use_future);
  context.run();
  return result.get();
}

/// A store that forgets all when it goes, for tests.
class MemoryStore final : public Store {
 public:
  Awaitable<std::vector<Subscription>> list() override {
    if (refused_lists > 0) {
      --refused_lists;
      throw Unavailable("the writer has too much to do");
    }
    co_return subscriptions;
  }

  Awaitable<Result<void>> create(Subscription subscription, PendingReport report) override {
    if (find(subscription.name) != subscriptions.end()) co_return fail(409, "taken");
    subscriptions.push_back(std::move(subscription));
    reports.push_back(std::move(report));
    co_return Result<void>();
  }
  Awaitable<Result<void>> replace_key(std::string name, KeySlot slot, StoredKey key, PendingReport report) override {
    const auto found = find(name);
    if (found == subscriptions.end()) co_return fail(404, "none");
    found->keys.at(static_cast<std::size_t>(slot)) = std::move(key);
    reports.push_back(std::move(report));
    co_return Result<void>();
  }
  Awaitable<Result<void>> set_state(std::string name, State state, PendingReport report) override {
    const auto found = find(name);
    if (found == subscriptions.end()) co_return fail(404, "none");
    found->state = state;
    reports.push_back(std::move(report));
    co_return Result<void>();
  }
  Awaitable<Result<void>> remove(std::string name, PendingReport report) override {
    const auto found = find(name);
    if (found == subscriptions.end()) co_return fail(404, "none");
    subscriptions.erase(found);
    reports.push_back(std::move(report));
    co_return Result<void>();
  }
  Awaitable<std::vector<PendingReport>> pending_reports() override { co_return reports; }
  Awaitable<void> forget_report(Uuid record_id) override {
    std::erase_if(reports, [&](const PendingReport& report) { return report.record_id == record_id; });
    co_return;
  }

  std::vector<Subscription> subscriptions;
  std::vector<PendingReport> reports;
  int refused_lists = 0;  ///< so many more are refused

 private:
  std::vector<Subscription>::iterator find(const std::string& name) {
    return std::ranges::find(subscriptions, name, &Subscription::name);
  }
};

/// A register that can be away, for tests.
class MemoryReporter final : public AuditReporter {
 public:
  Awaitable<void> report_change(PendingReport report) override {
    if (away) throw Unavailable("the register is away");
    changes.push_back(std::move(report));
    co_return;
  }
  void report_refusal(Principal principal, std::string operation, std::string operation_id,
                      telemetry::SpanPlace /*under*/) override {
    refusals.push_back({std::move(principal), std::move(operation), std::move(operation_id)});
  }

  struct Refused {
    Principal principal;
    std::string operation;
    std::string operation_id;
  };
  bool away = false;
  std::vector<PendingReport> changes;
  std::vector<Refused> refusals;
};

/// A gateway before a patients service that keeps what it was asked and answers what the test says.
struct TestGateway {
  explicit TestGateway(bool log_is_public = true) : service(dependencies(log_is_public)) { run(service.start()); }

  http::Response ask(http::Request request) { return run(service.handle(std::move(request))); }
  http::Response operate(http::Method method, std::string target, std::string body = {}) {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(body);
    return run(service.handle_operator(std::move(request)));
  }
  /// The primary key of a new subscription; `scopes` is a JSON array, or empty for the usual ones.
  std::string subscribe(const std::string& name, const std::string& scopes = {}) {
    const auto given = scopes.empty() ? std::string() : R"(,"scopes":)" + scopes;
    const auto made = operate(http::Method::kPost, "/subscriptions", R"({"name":")" + name + '"' + given + "}");
    return std::string(parse_json(made.body).value().at("primaryKey").as_string());
  }

  static Awaitable<http::Response> answer(TestGateway* self, http::Request request) {
    self->arrived = std::move(request);
    if (self->patients_away) throw Unavailable("no connection");
    co_return self->patients_answer;
  }
  static Awaitable<http::Response> answer_of_audit(TestGateway* self, http::Request request) {
    self->arrived_at_audit = std::move(request);
    co_return self->audit_answer;
  }
  Dependencies dependencies(bool log_is_public) {
    return {.store = store,
            .reporter = &reporter,
            .patients = [this](http::Request request) { return answer(this, std::move(request)); },
            .audit = [this](http::Request request) { return answer_of_audit(this, std::move(request)); },
            .clock = clock,
            .random = random,
            .log = log,
            .metrics = metrics,
            .assets = {{"/docs", "text/html; charset=utf-8", "<!doctype html>"},
                       {"/docs/docs.js", "text/javascript", "\"use strict\";"},
                       {"/openapi.json", "application/json", "{}"}},
            .log_is_public = log_is_public,
            .is_up = [this] { return up; }};
  }

  SystemRandom random;
  FixedClock clock;
  telemetry::Log log{"gateway", telemetry::Level::kError};
  telemetry::Metrics metrics;
  MemoryStore store;
  MemoryReporter reporter;
  std::optional<http::Request> arrived;
  std::optional<http::Request> arrived_at_audit;
  bool patients_away = false;
  http::Response patients_answer = http::respond(200, "{}");
  http::Response audit_answer = http::respond(200, "[]");
  bool up = true;
  Service service;
};

}  // namespace assay::gateway
