#include "audit/proof_routes.hpp"

#include <fmt/format.h>

#include "audit/request_forms.hpp"
#include "audit/service.hpp"
#include "audit/tree_reader.hpp"
#include "merkle/proof_file.hpp"

namespace assay::audit {

namespace {

constexpr std::size_t kReadingThreads = 1;
constexpr std::size_t kReadingQueueLimit = 1'000;
constexpr std::size_t kDefaultLimit = 100;
constexpr std::size_t kLargestLimit = 1'000;
constexpr std::string_view kAuditScope = "audit:read";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

/// What makes the entry again: the record and its salt.
std::string opening_of(const LoggedRecord& record) {
  return fmt::format(R"({{"record":{},"salt":"{}"}})", record.document, to_base64(*record.salt));
}

bool is_actor(const std::optional<Principal>& caller, const std::optional<StoredRecord>& stored) {
  return caller && stored && stored->record.actor && stored->record.actor->kind == caller->kind &&
         stored->record.actor->id == caller->id;
}

std::unexpected<Problem> no_such_record() { return fail(404, "Audit record not found"); }

}  // namespace

ProofRoutes::ProofRoutes(Store& store, CheckpointSigner& signer, Readings& readings)
    : signer_(signer),
      readings_(readings),
      reader_(store.open_reader()),
      reading_(kReadingThreads, kReadingQueueLimit) {}

void ProofRoutes::add_to(http::Router& router) {
  using enum http::Method;
  router.add(kGet, "/api/auditrecord/{id}/proof", [this](http::Request request) { return prove(std::move(request)); });
  router.add(kGet, "/api/auditrecord/{id}/disclosures",
             [this](http::Request request) { return list_disclosures(std::move(request)); });
}

template <class Read>
Awaitable<std::invoke_result_t<Read&, LogReader&>> ProofRoutes::read(Read read) {
  return reading_.run([this, read = std::move(read)]() mutable { return read(*reader_); });
}

Awaitable<Result<ProofRoutes::Found>> ProofRoutes::find(http::Context context, std::string id_text) {
  if (context.host_key != kGatewayKeyName) co_return refuse_host_key();
  const auto& caller = context.principal;
  const bool may_read_all = caller && caller->has_scope(kAuditScope);
  const auto id = Uuid::parse(id_text);
  if (!id) co_return no_such_record();
  auto record = co_await read([&](LogReader& log) { return log.find(*id, context.span); });
  if (!record) co_return no_such_record();
  const auto stored = parse_record(record->document);
  if (is_actor(caller, stored)) co_return Found{.record = std::move(*record), .receipt = {}};
  // Who the actor of an erased record was, nobody knows any more.
  if (!may_read_all) {
    co_return fail(
        403, fmt::format("Records of others and erased ones need a subscription with the scope {}.", kAuditScope));
  }
  auto reading =
      co_await readings_.record(std::move(context), {.type = "audit", .id = id->to_string(), .operation = "read"},
                                stored ? stored->record.patient_id : std::nullopt);
  if (!reading) co_return std::unexpected(std::move(reading.error()));
  co_return Found{.record = std::move(*record), .receipt = std::move(reading->receipt)};
}

Awaitable<Result<http::Response>> ProofRoutes::prove(http::Request request) {
  if (auto checked = check_query(request, {}); !checked) co_return std::unexpected(std::move(checked.error()));
  auto found = co_await find(request.context, request.path_parameters.front());
  if (!found) co_return std::unexpected(std::move(found.error()));
  const auto& record = found->record;
  if (record.is_erased()) co_return fail(410, "The record was erased: its entry is in the log, its content is gone.");
  const auto signed_tree = co_await signer_.covering(record.index);
  auto hashes = co_await read([&](LogReader& log) {
    return TreeReader(log, signed_tree->tree.size, request.context.span).inclusion_proof(record.index);
  });
  const merkle::ProofFile file{
      .extra = opening_of(record), .index = record.index, .hashes = std::move(hashes), .checkpoint = signed_tree->note};
  co_return answer_reading(http::respond(200, file.to_string(), kPlainText), found->receipt);
}

Awaitable<Result<http::Response>> ProofRoutes::list_disclosures(http::Request request) {
  if (auto checked = check_query(request, {"cursor", "limit"}); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  const auto from = read_number(request, "cursor", {.otherwise = 0});
  if (!from) co_return std::unexpected(from.error());
  const auto limit =
      read_number(request, "limit", {.smallest = 1, .largest = kLargestLimit, .otherwise = kDefaultLimit});
  if (!limit) co_return std::unexpected(limit.error());
  auto found = co_await find(request.context, request.path_parameters.front());
  if (!found) co_return std::unexpected(std::move(found.error()));
  const auto id = Uuid::parse(request.path_parameters.front()).value();
  // One more tells whether there is a next page.
  auto places =
      co_await read([&](LogReader& log) { return log.read_disclosures(id, *from, *limit + 1, request.context.span); });
  json::array list;
  for (std::size_t i = 0; i < std::min<std::size_t>(places.size(), *limit); ++i) {
    list.push_back({{"id", places[i].id.to_string()}, {"index", places[i].index}});
  }
  auto response = http::respond(200, json::serialize(list));
  if (places.size() > *limit) {
    response.headers.add("Link", fmt::format("</audit/{}/disclosures?cursor={}&limit={}>; rel=\"next\"", id.to_string(),
                                             places.back().index, *limit));
  }
  co_return answer_reading(std::move(response), found->receipt);
}

}  // namespace assay::audit
