#include "audit/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "audit/forms.hpp"
#include "base/bytes.hpp"
#include "base/json.hpp"

namespace assay::audit {

namespace {

constexpr std::size_t kMaximumBodyBytes = 1024 * 1024;

json::object to_json(const NewRecord& record) {
  json::object out;
  out["id"] = record.id.to_string();
  out["sourceSystemName"] = record.source_system_name;
  if (record.resource) out["resource"] = to_json(*record.resource);
  if (record.patient_id) out["patientId"] = record.patient_id->to_string();
  if (record.outcome) {
    out["outcome"] = record.outcome->result;
    out["outcomeOf"] = record.outcome->of.to_string();
  }
  if (record.part_of) out["partOf"] = record.part_of->to_string();
  if (!record.operation_id.empty()) out["operationId"] = record.operation_id;
  return out;
}

/// A token that was sent already is sent as its first record's position: tokens are most of a large batch.
std::string to_body(const std::vector<NewRecord>& records) {
  std::unordered_map<std::string_view, std::size_t> sent;
  json::array out;
  out.reserve(records.size());
  for (const auto& record : records) {
    auto object = to_json(record);
    if (record.actor && !record.actor->token.empty()) {
      const auto [first, is_new] = sent.try_emplace(record.actor->token, out.size());
      object["principal"] = is_new ? json::value(record.actor->token) : json::value(first->second);
    }
    out.push_back(std::move(object));
  }
  return json::serialize(out);
}

[[noreturn]] void throw_not_understood() { throw OutcomeUnknown("the audit service's answer can't be understood"); }

std::optional<std::uint64_t> number_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* number = member != nullptr ? member->if_int64() : nullptr;
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<Uuid> uuid_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? Uuid::parse(*text) : std::nullopt;
}

json::array parse_array(const http::Response& response) {
  auto parsed = parse_json(response.body);
  if (!parsed || !parsed->is_array()) throw_not_understood();
  return std::move(parsed->get_array());
}

std::vector<Appended> parse_places(const http::Response& response, const std::vector<Uuid>& ids) {
  const auto array = parse_array(response);
  if (array.size() != ids.size()) throw_not_understood();
  std::vector<Appended> places;
  places.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto* object = array[i].if_object();
    const auto index = object != nullptr ? number_of(*object, "index") : std::nullopt;
    if (!index || uuid_of(*object, "id") != ids[i]) throw_not_understood();
    places.push_back({.id = ids[i], .index = *index, .created_date = {}, .patient_sequence = std::nullopt});
  }
  return places;
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

Intent parse_intent(const json::value& value) {
  const auto* object = value.if_object();
  const auto* member = object != nullptr ? object->if_contains("resource") : nullptr;
  const auto* resource = member != nullptr ? member->if_object() : nullptr;
  if (resource == nullptr) throw_not_understood();
  const auto id = uuid_of(*object, "id");
  const auto index = number_of(*object, "index");
  if (!id || !index) throw_not_understood();
  Intent intent{
      .id = *id,
      .index = *index,
      .patient_id = uuid_of(*object, "patientId"),
      .resource = {
          .type = text_of(*resource, "type"), .id = std::nullopt, .operation = text_of(*resource, "operation")}};
  if (resource->contains("id")) intent.resource.id = text_of(*resource, "id");
  return intent;
}

const json::array& array_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* array = member != nullptr ? member->if_array() : nullptr;
  if (array == nullptr) throw_not_understood();
  return *array;
}

IntentPage parse_intent_page(const http::Response& response) {
  const auto parsed = parse_json(response.body);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  const auto next = object != nullptr ? number_of(*object, "next") : std::nullopt;
  const auto* is_last = object != nullptr ? object->if_contains("isLast") : nullptr;
  if (!next || is_last == nullptr || !is_last->is_bool()) throw_not_understood();
  IntentPage page{.open = {}, .ended = {}, .next = *next, .is_last = is_last->get_bool()};
  for (const auto& intent : array_of(*object, "open")) page.open.push_back(parse_intent(intent));
  for (const auto& value : array_of(*object, "ended")) {
    const auto* text = value.if_string();
    const auto id = text != nullptr ? Uuid::parse(*text) : std::nullopt;
    if (!id) throw_not_understood();
    page.ended.push_back(*id);
  }
  return page;
}

/// The service's sentence: its errors are JSON strings.
std::string sentence_of(const http::Response& response) {
  const auto parsed = parse_json(response.body);
  return parsed && parsed->is_string() ? std::string(parsed->get_string()) : std::string();
}

/// What the service refuses of its own accord; anything else that is no success is thrown.
std::optional<Problem> refusal(const http::Response& response) {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  const auto reason = fmt::format("the audit service answered {}", response.status);
  constexpr std::array kRefusals{400, 403, 409, 413};
  if (response.status >= 500) throw OutcomeUnknown(reason);
  if (std::ranges::find(kRefusals, response.status) == kRefusals.end()) throw Unavailable(reason);
  return Problem{.status = response.status, .detail = sentence_of(response), .reason = reason};
}

}  // namespace

Awaitable<http::Response> Client::send(http::Request request, std::string operation_id) const {
  from_hex(operation_id, request.context.trace.trace_id);
  co_return co_await service_(std::move(request));
}

Awaitable<Result<std::vector<Appended>>> Client::append(std::vector<NewRecord> records, telemetry::SpanPlace under) {
  if (records.empty()) co_return std::vector<Appended>();
  http::Request request;
  request.method = http::Method::kPost;
  request.target = "/api/auditrecords";
  request.context.span = std::move(under);
  request.headers.add("Content-Type", "application/json");
  request.body = to_body(records);
  // A batch stands or falls as one: it can't be sent in parts.
  if (records.size() > kMaximumBatchRecords || request.body.size() > kMaximumBodyBytes) {
    co_return fail(413, "Too many audit records for one call.");
  }
  std::vector<Uuid> ids;
  ids.reserve(records.size());
  for (const auto& record : records) ids.push_back(record.id);
  const auto response = co_await send(std::move(request), records.front().operation_id);
  if (auto problem = refusal(response)) co_return std::unexpected(std::move(*problem));
  co_return parse_places(response, ids);
}

Awaitable<IntentPage> Client::read_intents(std::uint64_t from) {
  http::Request request;
  request.target = fmt::format("/api/intents?from={}", from);
  const auto response = co_await send(std::move(request), "");
  if (const auto problem = refusal(response)) throw Unavailable(problem->reason);
  co_return parse_intent_page(response);
}

}  // namespace assay::audit
