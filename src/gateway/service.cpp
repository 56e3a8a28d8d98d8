#include "gateway/service.hpp"

#include <fmt/format.h>

#include "gateway/authenticator.hpp"
#include "gateway/log_gate.hpp"
#include "gateway/operator_routes.hpp"
#include "gateway/page.hpp"
#include "gateway/patients_probe.hpp"
#include "gateway/subscriptions.hpp"
#include "gateway/upstream.hpp"

namespace assay::gateway {

namespace {

constexpr std::string_view kLogPattern = "/log/{path...}";

Awaitable<Result<http::Response>> show(std::shared_ptr<const Page> page, http::Request request) {
  co_return page->get(request);
}

}  // namespace

struct Service::Implementation {
  explicit Implementation(Dependencies given)
      : dependencies(std::move(given)),
        subscriptions(dependencies.store, dependencies.reporter, dependencies.clock, dependencies.random,
                      dependencies.log, dependencies.metrics),
        authenticator(subscriptions.index(), dependencies.metrics),
        patients_probe(dependencies.patients),
        log_gate(dependencies.log),
        missing_scopes(count_refusals(dependencies.metrics, "missing_scope")),
        operator_routes(subscriptions, dependencies.log, dependencies.metrics),
        router("gateway", http::ErrorForm::kGateway, dependencies.log, dependencies.metrics) {
    add_register_routes();
    if (dependencies.audit) add_audit_routes();
    add_own_routes();
  }

  void add_register_routes();
  void add_audit_routes();
  void add_own_routes();

  /// A route to a service.
  struct Forwarding {
    const http::Handler& service;
    std::string_view pattern;    ///< a literal
    std::optional<Scope> scope;  ///< what a subscription needs; nothing where the service decides
    bool says_why = false;       ///< the body has the reason, which the record keeps
  };
  void add_route(http::Method method, std::string_view pattern, Scope scope);
  void add_route(http::Method method, Forwarding forwarding);

  Awaitable<Result<http::Response>> forward(http::Request request, Forwarding forwarding) const;
  Awaitable<Result<http::Response>> send(const http::Handler* service, http::Request request) const;
  Awaitable<Result<http::Response>> show_log(http::Request request);
  Awaitable<Result<http::Response>> show_private_log(http::Request request);
  Awaitable<Result<http::Response>> echo(http::Request request) const;
  Awaitable<Result<http::Response>> status();
  Problem refuse_scope(const http::Request& request, std::string_view pattern, Scope scope, Principal principal) const;

  Dependencies dependencies;
  Subscriptions subscriptions;
  Authenticator authenticator;
  PatientsProbe patients_probe;
  LogGate log_gate;
  telemetry::Counter& missing_scopes;
  OperatorRoutes operator_routes;
  http::Router router;
};

void Service::Implementation::add_register_routes() {
  using enum http::Method;
  add_route(kPost, "/patient", Scope::kPatientsWrite);
  add_route(kPost, "/patient/search", Scope::kPatientsRead);
  add_route(kGet, "/patient/{patientId}", Scope::kPatientsRead);
  add_route(kPut, "/patient/{patientId}", Scope::kPatientsWrite);
  add_route(kPost, "/patient/{patientId}/tests", Scope::kTestsWrite);
  add_route(kGet, "/patient/{patientId}/tests", Scope::kTestsRead);
  add_route(kGet, "/patient/{patientId}/tests/{testId}", Scope::kTestsRead);
  add_route(kPost, {dependencies.patients, "/patient/{patientId}/erase", Scope::kAdmin, true});
  add_route(kPost, "/import", Scope::kAdmin);
}

void Service::Implementation::add_own_routes() {
  using enum http::Method;
  router.add(kGet, "/echo/resource", [this](http::Request request) { return echo(std::move(request)); });
  router.add_routine(kGet, "/status", [this](const http::Request& /*request*/) { return status(); });
  for (const auto& asset : dependencies.assets) {
    router.add(kGet, asset.path, [page = std::make_shared<const Page>(asset)](http::Request request) {
      return show(page, std::move(request));
    });
  }
}

void Service::Implementation::add_audit_routes() {
  using enum http::Method;
  add_route(kGet, {dependencies.audit, "/audit", Scope::kAuditRead});
  add_route(kGet, {dependencies.audit, "/patient/{patientId}/accesses", Scope::kAuditRead});
  // Of its own records each caller may have these.
  add_route(kGet, {dependencies.audit, "/audit/{id}/proof", std::nullopt});
  add_route(kGet, {dependencies.audit, "/audit/{id}/disclosures", std::nullopt});
  if (dependencies.log_is_public) {
    router.add(kGet, kLogPattern, [this](http::Request request) { return show_log(std::move(request)); });
  } else {
    router.add(kGet, kLogPattern, [this](http::Request request) { return show_private_log(std::move(request)); });
  }
}

void Service::Implementation::add_route(http::Method method, std::string_view pattern, Scope scope) {
  add_route(method, {dependencies.patients, pattern, scope});
}

void Service::Implementation::add_route(http::Method method, Forwarding forwarding) {
  router.add(method, forwarding.pattern,
             [this, forwarding](http::Request request) { return forward(std::move(request), forwarding); });
}

Awaitable<Result<http::Response>> Service::Implementation::forward(http::Request request, Forwarding forwarding) const {
  auto caller = authenticator.authenticate(request);
  if (!caller) co_return std::move(caller.error());
  if (forwarding.scope && !caller->scopes.has(*forwarding.scope)) {
    co_return std::unexpected(
        refuse_scope(request, forwarding.pattern, *forwarding.scope, std::move(caller->principal)));
  }
  if (auto read = read_assertions(request.headers, caller->principal); !read) {
    co_return std::unexpected(std::move(read.error()));
  }
  if (forwarding.says_why) take_reason(request, caller->principal);
  const auto name = caller->principal.name;
  auto answer = co_await send(&forwarding.service, to_service(std::move(request), std::move(caller->principal)));
  if (answer) answer->served.principal = name;
  co_return answer;
}

Awaitable<Result<http::Response>> Service::Implementation::send(const http::Handler* service,
                                                                http::Request request) const {
  auto response = co_await (*service)(std::move(request));
  // The caller's key was right; it is ours that wasn't.
  if (response.status == 401) throw Unavailable("a service refused the gateway's host key");
  co_return response;
}

Awaitable<Result<http::Response>> Service::Implementation::show_log(http::Request request) {
  const auto trace = request.context.trace;
  co_return co_await log_gate.pass(trace, send(&dependencies.audit, to_service(std::move(request), std::nullopt)));
}

Awaitable<Result<http::Response>> Service::Implementation::show_private_log(http::Request request) {
  const auto trace = request.context.trace;
  auto answer =
      co_await log_gate.pass(trace, forward(std::move(request), {dependencies.audit, kLogPattern, Scope::kAuditRead}));
  // No cache on the way may show it to others.
  if (answer && answer->status == 200) answer->headers.set("Cache-Control", "private, no-cache");
  co_return answer;
}

Problem Service::Implementation::refuse_scope(const http::Request& request, std::string_view pattern, Scope scope,
                                              Principal principal) const {
  missing_scopes.Increment();
  if (dependencies.reporter != nullptr) {
    dependencies.reporter->report_refusal(std::move(principal),
                                          fmt::format("refuse {} {}", http::to_string(request.method), pattern),
                                          request.context.trace.operation_id(), request.context.span);
  }
  return {.status = 403, .detail = fmt::format("The subscription lacks the scope {}.", to_string(scope))};
}

Awaitable<Result<http::Response>> Service::Implementation::echo(http::Request request) const {
  auto caller = authenticator.authenticate(request);
  if (!caller) co_return std::move(caller.error());
  co_return http::respond(200, R"({"message":"The gateway is here."})");
}

Awaitable<Result<http::Response>> Service::Implementation::status() {
  const bool up = dependencies.is_up() && co_await patients_probe.answers();
  co_return up ? http::respond(200, R"({"status":"up"})") : http::respond(503, R"({"status":"down"})");
}

Service::Service(Dependencies dependencies)
    : implementation_(std::make_unique<Implementation>(std::move(dependencies))) {}

Service::~Service() = default;

Awaitable<void> Service::start() { return implementation_->subscriptions.start(); }

Awaitable<void> Service::retry_reports() { return implementation_->subscriptions.retry_reports(); }

Awaitable<http::Response> Service::handle(http::Request request) {
  return implementation_->router.handle(std::move(request));
}

Awaitable<http::Response> Service::handle_operator(http::Request request) {
  // A command that calls directly has begun no operation.
  if (request.context.trace == telemetry::TraceContext()) {
    request.context.trace = telemetry::TraceContext::begin(implementation_->dependencies.random);
  }
  return implementation_->operator_routes.handle(std::move(request));
}

const http::Router& Service::router() const { return implementation_->router; }

}  // namespace assay::gateway
