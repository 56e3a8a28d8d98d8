#include "audit/erasure_routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/reason.hpp"
#include "http/answer.hpp"

namespace assay::audit {

namespace {

/// Reads the order of a request's body, but for who gives it.
Result<Erasure> read_erasure(const http::Request& request) {
  const auto body = http::read_json(request);
  if (!body) return std::unexpected(body.error());
  const auto* object = body->if_object();
  const auto* indexes = object != nullptr ? object->if_contains("indexes") : nullptr;
  const auto* reason = object != nullptr ? object->if_contains("reason") : nullptr;
  if (indexes == nullptr || reason == nullptr || object->size() != 2 || !indexes->is_array() || !reason->is_string()) {
    return fail(400, R"(The body must have "indexes" and "reason" alone.)");
  }
  auto checked = check_reason(std::string(reason->get_string()));
  if (!checked) return std::unexpected(std::move(checked.error()));
  Erasure erasure{.indexes = {}, .reason = std::move(*checked), .record_id = {}, .actor = {}, .operation_id = {}};
  for (const auto& index : indexes->get_array()) {
    if (!index.is_int64() || index.get_int64() < 0) return fail(400, R"("indexes" must be indexes of records)");
    erasure.indexes.push_back(static_cast<std::uint64_t>(index.get_int64()));
  }
  const bool ascending = std::ranges::adjacent_find(erasure.indexes, std::greater_equal{}) == erasure.indexes.end();
  if (erasure.indexes.empty() || erasure.indexes.size() > kMaximumErasedRecords || !ascending) {
    return fail(400, fmt::format(R"("indexes" must be 1 to {}, ascending)", kMaximumErasedRecords));
  }
  return erasure;
}

json::object to_json(const Erased& erased) {
  json::object out{
      {"erased", erased.records}, {"alreadyErased", erased.already}, {"isOutOfTheFiles", erased.is_out_of_the_files}};
  if (erased.record) out["record"] = {{"id", erased.record->id.to_string()}, {"index", erased.record->index}};
  return out;
}

}  // namespace

ErasureRoutes::ErasureRoutes(Store& store, const Clock& clock, Random& random, const telemetry::Log& log,
                             telemetry::Metrics& metrics)
    : store_(store), clock_(clock), random_(random), router_("operator", http::ErrorForm::kGateway, log, metrics) {
  router_.add(http::Method::kPost, "/erasures", [this](http::Request request) { return erase(std::move(request)); });
}

Awaitable<Result<http::Response>> ErasureRoutes::erase(http::Request request) {
  auto erasure = read_erasure(request);
  if (!erasure) co_return std::unexpected(std::move(erasure.error()));
  erasure->record_id = Uuid::generate_ordered(random_, clock_.now());
  erasure->actor = request.context.principal.value();
  erasure->operation_id = request.context.trace.operation_id();
  auto erased = co_await store_.erase(std::move(*erasure), request.context.span);
  if (!erased) co_return std::unexpected(std::move(erased.error()));
  co_return http::respond(200, json::serialize(to_json(*erased)));
}

}  // namespace assay::audit
