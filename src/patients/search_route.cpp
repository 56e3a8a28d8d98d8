#include <fmt/format.h>

#include <charconv>

#include "patients/cursor.hpp"
#include "patients/routes.hpp"

namespace assay::patients {

namespace {

constexpr std::string_view kPattern = "/api/patient/search";
constexpr std::size_t kDefaultLimit = 100;
constexpr std::size_t kLargestLimit = 1000;

/// The criteria are kept in their record, which has to fit into a body of the audit service, escaped once more.
constexpr std::size_t kLargestCriteria = std::size_t{256} * 1024;

Result<std::size_t> read_limit(const http::Request& request) {
  const auto text = request.query_parameter("limit");
  if (!text) return kDefaultLimit;
  std::size_t limit = 0;
  const auto* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, limit);
  if (error != std::errc{} || rest != end || limit < 1 || limit > kLargestLimit) {
    return fail(400, fmt::format("\"limit\" must be a number from 1 to {}", kLargestLimit));
  }
  return limit;
}

std::string array_of(const std::vector<StoredPatient>& patients) {
  std::string documents = "[";
  for (const auto& patient : patients) {
    if (documents.size() > 1) documents.push_back(',');
    documents += to_json(patient);
  }
  documents.push_back(']');
  return documents;
}

}  // namespace

void SearchRoute::add_to(http::Router& router) {
  router.add(http::Method::kPost, kPattern, [this](http::Request request) { return search(std::move(request)); });
}

Result<SearchRoute::Query> SearchRoute::read(const http::Request& request) const {
  const auto body = http::read_json(request);
  if (!body) return std::unexpected(body.error());
  auto criteria = validate_criteria(*body);
  if (!criteria) return std::unexpected(std::move(criteria.error()));
  const auto limit = read_limit(request);
  if (!limit) return std::unexpected(limit.error());
  Query query{.criteria = std::move(*criteria), .canonical = canonical_json(*body), .limit = *limit, .after = {}};
  if (query.canonical.size() > kLargestCriteria) return fail(413, "The criteria are larger than 256 KiB.");
  if (const auto cursor = request.query_parameter("cursor")) {
    query.after =
        decode_cursor(*cursor, {query.canonical, request.context}, *workplace_.dependencies.cursor_keys->get());
    if (!query.after) return fail(400, "\"cursor\" is not valid for this search");
  }
  return query;
}

Awaitable<Result<http::Response>> SearchRoute::search(http::Request request) {
  auto query = read(request);
  if (!query) co_return std::unexpected(std::move(query.error()));
  auto access = workplace_.attempts.access_to({"patient", "search", query->canonical, std::nullopt}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers), [&](const Attempt& attempt) {
        return find(std::move(*query), std::move(request.context), attempt.warrant.record_id);
      });
}

Awaitable<Ending> SearchRoute::find(Query query, http::Context context, Uuid search) {
  const auto page =
      co_await workplace_.dependencies.store.search(std::move(query.criteria), query.after, query.limit, context.span);
  if (page.patients.empty() && !query.after) {
    auto ending = not_found("No patients found with provided criteria");
    ending.disclosed = 0;
    co_return ending;
  }
  std::vector<Access> disclosures;
  disclosures.reserve(page.patients.size());
  for (const auto& patient : page.patients) {
    disclosures.push_back(
        workplace_.attempts.access_to({"patient", "disclose", patient.id.to_string(), patient.id}, context));
    disclosures.back().part_of = search;
  }
  if (auto disclosed = co_await disclose(std::move(disclosures)); !disclosed) {
    co_return Ending{.result = std::unexpected(std::move(disclosed.error())), .outcome = "failed"};
  }
  auto response = http::respond(200, array_of(page.patients));
  if (page.next) {
    const auto cursor =
        encode_cursor(*page.next, {query.canonical, context}, workplace_.dependencies.cursor_keys->get()->front(),
                      workplace_.dependencies.random);
    response.headers.add("Link",
                         fmt::format("</patient/search?cursor={}&limit={}>; rel=\"next\"", cursor, query.limit));
  }
  co_return Ending{.result = std::move(response), .disclosed = page.patients.size()};
}

Awaitable<Result<void>> SearchRoute::disclose(std::vector<Access> disclosures) {
  if (disclosures.empty()) co_return Result<void>{};
  auto begun = co_await workplace_.attempts.begin(std::move(disclosures));
  if (!begun) co_return std::unexpected(std::move(begun.error()));
  co_return Result<void>{};
}

}  // namespace assay::patients
