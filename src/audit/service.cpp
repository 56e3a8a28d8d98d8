#include "audit/service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "audit/forms.hpp"
#include "audit/log_routes.hpp"
#include "audit/proof_routes.hpp"
#include "audit/register_routes.hpp"
#include "audit/request_forms.hpp"

namespace assay::audit {

namespace {

/// What the gateway reports: key changes and refusals.
constexpr std::string_view kGatewayResourceType = "subscription";

/// What is said of the log itself, this service alone says.
bool says_to_be_ours(const NewRecord& record) { return record.source_system_name == kAuditSource; }

/// Only the patients service says what happens to patients and tests, and how it ended.
bool may_come_from_gateway(const NewRecord& record) {
  return record.source_system_name == kGatewaySource && record.resource &&
         record.resource->type == kGatewayResourceType && !record.patient_id && !record.outcome;
}

json::object to_json(const Intent& intent) {
  json::object out;
  out["id"] = intent.id.to_string();
  out["index"] = intent.index;
  if (intent.patient_id) out["patientId"] = intent.patient_id->to_string();
  out["resource"] = audit::to_json(intent.resource);
  return out;
}

json::object to_json(const IntentPage& page) {
  json::array open;
  json::array ended;
  for (const auto& intent : page.open) open.push_back(to_json(intent));
  for (const auto& id : page.ended) ended.emplace_back(id.to_string());
  return {{"open", std::move(open)}, {"ended", std::move(ended)}, {"next", page.next}, {"isLast", page.is_last}};
}

}  // namespace

struct Service::Implementation {
  explicit Implementation(Dependencies parts)
      : dependencies(parts),
        readings(parts.store, parts.clock, parts.random),
        log_routes(parts.store, parts.signer, parts.log),
        proof_routes(parts.store, parts.signer, readings),
        register_routes(parts.register_reader, parts.signer, readings),
        router("audit", http::ErrorForm::kService, parts.log, parts.metrics) {
    router.add(http::Method::kPost, "/api/auditrecord",
               [this](http::Request request) { return create(std::move(request)); });
    router.add(http::Method::kPost, "/api/auditrecords",
               [this](http::Request request) { return append(std::move(request)); });
    router.add_routine(http::Method::kGet, "/api/intents",
                       [this](http::Request request) { return list_intents(std::move(request)); });
    log_routes.add_to(router);
    proof_routes.add_to(router);
    register_routes.add_to(router);
  }

  /// The claim as the record that it becomes: who made it is known, whom it is about is only said.
  NewRecord to_record(Claim claim, const http::Context& context) const {
    return {.id = Uuid::generate(dependencies.random),
            .source_system_name = std::move(claim.source_system_name),
            .resource = std::move(claim.resource),
            .actor = Principal{.kind = "host-key",
                               .id = context.host_key,
                               .name = context.host_key,
                               .on_behalf_of = "",
                               .purpose_of_use = ""},
            .operation_id = context.trace.operation_id(),
            .patient_id = std::nullopt,
            .outcome = std::nullopt};
  }

  Awaitable<Result<http::Response>> create(http::Request request) {
    auto body = http::read_json(request);
    if (!body) co_return std::unexpected(std::move(body.error()));
    auto claim = read_claim(*body);
    if (!claim) co_return std::unexpected(std::move(claim.error()));
    std::vector<NewRecord> records;
    records.push_back(to_record(std::move(*claim), request.context));
    if (is_from_gateway(request) && !may_come_from_gateway(records.front())) co_return refuse_host_key();
    if (says_to_be_ours(records.front())) co_return refuse_host_key();
    auto appended = co_await dependencies.store.append(std::move(records), request.context.span);
    if (!appended) co_return std::unexpected(std::move(appended.error()));
    auto& answer = body->get_object();
    answer["id"] = appended->front().id.to_string();
    answer["createdDate"] = to_iso8601(appended->front().created_date);
    co_return http::respond(201, json::serialize(answer));
  }

  Awaitable<Result<http::Response>> append(http::Request request) {
    const auto body = http::read_json(request);
    if (!body) co_return std::unexpected(body.error());
    const Sender sender{.host_key = request.context.host_key, .operation_id = request.context.trace.operation_id()};
    auto records = read_batch(*body, sender, dependencies.principals, dependencies.clock.now());
    if (!records) {
      // What signed a principal may be newer than what is known here.
      co_await dependencies.principals.look_again();
      records = read_batch(*body, sender, dependencies.principals, dependencies.clock.now());
    }
    if (!records) co_return std::unexpected(std::move(records.error()));
    if (is_from_gateway(request) && !std::ranges::all_of(*records, may_come_from_gateway)) co_return refuse_host_key();
    if (std::ranges::any_of(*records, says_to_be_ours)) co_return refuse_host_key();
    auto appended = co_await dependencies.store.append(std::move(*records), request.context.span);
    if (!appended) co_return std::unexpected(std::move(appended.error()));
    json::array answer;
    answer.reserve(appended->size());
    for (const auto& place : *appended) answer.push_back({{"id", place.id.to_string()}, {"index", place.index}});
    co_return http::respond(201, json::serialize(answer));
  }

  Awaitable<Result<http::Response>> list_intents(http::Request request) {
    if (is_from_gateway(request)) co_return refuse_host_key();
    const auto from = read_number(request, "from", {});
    if (!from) co_return std::unexpected(from.error());
    co_return http::respond(200, json::serialize(to_json(co_await dependencies.store.read_intents(*from))));
  }

  Dependencies dependencies;
  Readings readings;
  LogRoutes log_routes;
  ProofRoutes proof_routes;
  RegisterRoutes register_routes;
  http::Router router;
};

Service::Service(Dependencies dependencies) : implementation_(std::make_unique<Implementation>(dependencies)) {}

Service::~Service() = default;

Awaitable<http::Response> Service::handle(http::Request request) {
  return implementation_->router.handle(std::move(request));
}

const http::Router& Service::router() const { return implementation_->router; }

}  // namespace assay::audit
