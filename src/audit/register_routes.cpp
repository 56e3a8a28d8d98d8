#include "audit/register_routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "audit/register_parameters.hpp"
#include "audit/request_forms.hpp"

namespace assay::audit {

namespace {

constexpr std::string_view kScope = "audit:read";
constexpr std::string_view kPublicPath = "/audit";

Result<void> require_reader(const http::Request& request) {
  const auto& context = request.context;
  if (!is_from_gateway(request) || !context.principal) return refuse_host_key();
  if (context.principal->has_scope(kScope)) return {};
  return fail(403, fmt::format("The subscription lacks the scope {}.", kScope));
}

/// Members of an object, without its braces.
std::string members_of(const RegisterEntry& entry) {
  if (entry.document.empty()) {
    return fmt::format(R"("index":{},"id":"{}","erased":true)", entry.index, entry.id.to_string());
  }
  return fmt::format(R"("index":{},"record":{})", entry.index, entry.document);
}

std::string to_json(const RegisterPage& page) {
  std::string records;
  for (const auto& entry : page.entries) {
    records += fmt::format("{}{{{}}}", records.empty() ? "" : ",", members_of(entry));
  }
  return fmt::format(R"({{"records":[{}]}})", records);
}

std::string proof_of(const RegisterEntry& entry) {
  if (entry.document.empty()) return "";
  return fmt::format(R"(,"proof":"/audit/{}/proof")", entry.id.to_string());
}

std::string to_json(const AccessPage& page, std::string_view patient, std::string_view checkpoint) {
  std::string accesses;
  for (const auto& [sequence, entry] : page.accesses) {
    accesses += fmt::format(R"({}{{"sequence":{},{}{}}})", accesses.empty() ? "" : ",", sequence, members_of(entry),
                            proof_of(entry));
  }
  std::string quoted_patient;
  std::string quoted_checkpoint;
  append_json_string(quoted_patient, patient);
  append_json_string(quoted_checkpoint, checkpoint);
  return fmt::format(R"({{"patientId":{},"count":{},"checkpoint":{},"accesses":[{}]}})", quoted_patient, page.count,
                     quoted_checkpoint, accesses);
}

}  // namespace

void RegisterRoutes::add_to(http::Router& router) {
  router.add(http::Method::kGet, "/api/auditrecord",
             [this](http::Request request) { return search(std::move(request)); });
  router.add(http::Method::kGet, "/api/patient/{id}/accesses",
             [this](http::Request request) { return list_accesses(std::move(request)); });
}

Awaitable<Result<http::Response>> RegisterRoutes::search(http::Request request) {
  if (auto allowed = require_reader(request); !allowed) co_return std::unexpected(std::move(allowed.error()));
  auto parameters = read_register_parameters(request);
  if (!parameters) co_return std::unexpected(std::move(parameters.error()));
  const auto patient = Uuid::parse(parameters->patient_id.value_or(""));
  const auto reading = co_await readings_.record(
      request.context, {.type = "audit", .id = canonical_json(parameters->filters), .operation = "search"}, patient);
  if (!reading) co_return std::unexpected(reading.error());
  const auto last = parameters->cursor ? std::min(parameters->cursor->last, reading->index) : reading->index;
  // Ids compare as text: one in upper case is nobody's.
  RegisterPage page;
  if (patient || !parameters->patient_id) {
    page = co_await reader_.find({.patient_id = patient,
                                  .actor = parameters->actor,
                                  .operation = parameters->operation,
                                  .from = parameters->from,
                                  .before = parameters->before,
                                  .first = parameters->cursor ? parameters->cursor->next : 0,
                                  .end = last + 1,
                                  .limit = parameters->limit},
                                 request.context.span);
  }
  auto response = http::respond(200, to_json(page));
  if (page.next) response.headers.add("Link", link_to(kPublicPath, *parameters, {.next = *page.next, .last = last}));
  co_return answer_reading(std::move(response), reading->receipt);
}

Awaitable<Result<http::Response>> RegisterRoutes::list_accesses(http::Request request) {
  if (auto allowed = require_reader(request); !allowed) co_return std::unexpected(std::move(allowed.error()));
  const auto named = request.path_parameters.front();
  if (!is_uuid(named)) co_return fail(400, "\"patientId\" must be a valid GUID");
  auto parameters = read_paging_parameters(request);
  if (!parameters) co_return std::unexpected(std::move(parameters.error()));
  const auto patient = Uuid::parse(named);
  const auto reading =
      co_await readings_.record(request.context, {.type = "audit", .id = named, .operation = "read"}, patient);
  if (!reading) co_return std::unexpected(reading.error());
  const auto signed_tree = co_await signer_.covering(reading->index);
  const auto& cursor = parameters->cursor;
  AccessPage page;
  if (patient) {
    page = co_await reader_.read_accesses({.patient_id = *patient,
                                           .first = cursor ? cursor->next : 1,
                                           .last = cursor ? std::optional(cursor->last) : std::nullopt,
                                           .tree_size = signed_tree->tree.size,
                                           .limit = parameters->limit},
                                          request.context.span);
  }
  auto response = http::respond(200, to_json(page, named, signed_tree->note));
  if (page.next) {
    const auto last = cursor ? std::min(cursor->last, page.count) : page.count;
    response.headers.add(
        "Link", link_to(fmt::format("/patient/{}/accesses", named), *parameters, {.next = *page.next, .last = last}));
  }
  co_return answer_reading(std::move(response), reading->receipt);
}

}  // namespace assay::audit
