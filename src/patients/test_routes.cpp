#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <iterator>
#include <span>

#include "base/json.hpp"
#include "patients/routes.hpp"

namespace assay::patients {

namespace {

constexpr std::string_view kNoPatient = "Patient not found";
constexpr std::string_view kNoTest = "Test not found.";
constexpr std::string_view kAllPattern = "/api/patient/{id}/tests";
constexpr std::string_view kOnePattern = "/api/patient/{id}/tests/{testId}";

/// The ids that one record names, and the records that one call hands in: as JSON in JSON they take about 41 kB each,
/// and a body of the audit service takes 1 MiB.
constexpr std::size_t kRecordIds = 1000;
constexpr std::size_t kCallRecords = 20;

/// After so much text of one answer the other requests of the thread have a turn.
constexpr std::size_t kTurnBytes = std::size_t{1} << 20U;

/// The JSON array of ids by which a record says what was read.
std::string array_of(std::span<const Uuid> ids) {
  std::string out = "[";
  for (const auto& id : ids) {
    if (out.size() > 1) out.push_back(',');
    append_json_string(out, id.to_string());
  }
  out.push_back(']');
  return out;
}

/// What the records of a load name, one after the other: at least one, though of no id.
std::vector<std::string> arrays_of(std::span<const Uuid> ids) {
  std::vector<std::string> arrays;
  do {
    const auto some = ids.first(std::min(ids.size(), kRecordIds));
    arrays.push_back(array_of(some));
    ids = ids.subspan(some.size());
  } while (!ids.empty());
  return arrays;
}

/// Takes as many off the front as one call may hand in.
std::vector<Access> take_call(std::vector<Access>& accesses) {
  const auto end = accesses.begin() + static_cast<std::ptrdiff_t>(std::min(accesses.size(), kCallRecords));
  std::vector<Access> call(std::move_iterator(accesses.begin()), std::move_iterator(end));
  accesses.erase(accesses.begin(), end);
  return call;
}

std::string array_of(std::string_view id_as_sent) {
  std::string out = "[";
  append_json_string(out, id_as_sent);
  out.push_back(']');
  return out;
}

/// The new test of a create.
Result<TestDocument> read_new_test(const http::Request& request) {
  auto body = http::read_json(request);
  if (!body) return std::unexpected(std::move(body.error()));
  auto document = validate_test(std::move(*body), request.path_parameters.at(0));
  if (!document) return std::unexpected(std::move(document.error()));
  if (auto checked = refuse_server_fields(*document); !checked) return std::unexpected(std::move(checked.error()));
  return document;
}

/// Nothing when the path's id is valid but names nobody, as one in upper case.
std::optional<StoredTest> to_stored(TestDocument document, const Uuid& id, const std::optional<Uuid>& patient_id,
                                    Timestamp now) {
  if (!patient_id) return std::nullopt;
  return StoredTest{.id = id,
                    .patient_id = *patient_id,
                    .last_updated = now,
                    .performer = std::move(document.performer),
                    .order_reference = std::move(document.order_reference),
                    .observations = std::move(document.observations)};
}

Awaitable<Ending> find_no_patient() { co_return not_found(std::string(kNoPatient)); }

/// Idempotency keys count for each patient by itself: a repeat never answers another patient's test.
std::string create_route(std::string_view patient_id) {
  return std::string(kAllPattern).append(" ").append(patient_id);
}

}  // namespace

void TestRoutes::add_to(http::Router& router) {
  router.add(http::Method::kPost, kAllPattern, [this](http::Request request) { return create(std::move(request)); });
  router.add(http::Method::kGet, kAllPattern, [this](http::Request request) { return load_all(std::move(request)); });
  router.add(http::Method::kGet, kOnePattern, [this](http::Request request) { return load_one(std::move(request)); });
}

Awaitable<Result<http::Response>> TestRoutes::create(http::Request request) {
  auto document = read_new_test(request);
  if (!document) co_return std::unexpected(std::move(document.error()));
  const auto& patient_text = request.path_parameters.at(0);
  const auto patient_id = Uuid::parse(patient_text);
  const auto row = read_idempotency(request, create_route(patient_text));
  if (!row) co_return std::unexpected(row.error());
  auto claim = co_await workplace_.idempotency.claim(*row, request.context.span);
  if (!claim) co_return std::unexpected(std::move(claim.error()));
  if (claim->earlier()) co_return co_await repeat(std::move(request), patient_id.value(), *claim->earlier());
  const auto now = workplace_.dependencies.clock.now();
  const auto id = workplace_.new_id();
  auto test = to_stored(std::move(*document), id, patient_id, now);
  auto text = test ? to_json(*test) : std::string();
  if (text.size() > kLargestDocument) co_return too_large();
  auto access = workplace_.attempts.access_to({"test", "create", id.to_string(), patient_id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers), [&](const Attempt& attempt) {
        return insert(std::move(test), std::move(text), claim->row_for(id, now), attempt.warrant, attempt.access.span);
      });
}

Awaitable<Ending> TestRoutes::insert(std::optional<StoredTest> test, std::string document,
                                     std::optional<IdempotencyRow> row, Warrant warrant, telemetry::SpanPlace under) {
  if (!test) co_return not_found(std::string(kNoPatient));
  const auto version = test->last_updated;
  const auto created =
      co_await workplace_.dependencies.store.create_test(std::move(*test), std::move(row), warrant, std::move(under));
  if (!created) co_return not_found(std::string(kNoPatient));
  co_return Ending{.result = document_answer(201, std::move(document), version)};
}

Awaitable<Result<http::Response>> TestRoutes::repeat(http::Request request, Uuid patient_id, Uuid id) {
  auto access = workplace_.attempts.access_to({"test", "read", array_of(std::vector{id}), patient_id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers),
      [&](const Attempt& attempt) { return find_again(patient_id, id, attempt.access.span); });
}

Awaitable<Ending> TestRoutes::find_again(Uuid patient_id, Uuid id, telemetry::SpanPlace under) {
  const auto tests = co_await workplace_.dependencies.store.load_tests(patient_id, std::vector{id}, std::move(under));
  if (tests.empty()) co_return not_found(std::string(kNoTest));
  co_return replayed(to_json(tests.front()), tests.front().last_updated);
}

Awaitable<Result<http::Response>> TestRoutes::load_all(http::Request request) {
  const auto& patient_text = request.path_parameters.at(0);
  const auto patient_id = Uuid::parse(patient_text);
  if (!is_uuid(patient_text)) co_return co_await refuse_all(std::move(request));
  std::vector<Uuid> ids;
  if (patient_id) ids = co_await workplace_.dependencies.store.list_tests(*patient_id, request.context.span);
  std::vector<Access> accesses;
  for (auto& array : arrays_of(ids)) {
    accesses.push_back(workplace_.attempts.access_to({"test", "read", std::move(array), patient_id}, request.context));
  }
  auto first = std::move(accesses.front());
  accesses.erase(accesses.begin());
  for (auto& access : accesses) access.part_of = first.record_id;
  co_return co_await workplace_.attempts.carry_out(
      std::move(first), http::wants_problem_details(request.headers), [&](const Attempt& attempt) {
        return find_all(patient_id, std::move(ids), std::move(accesses), attempt.access.span);
      });
}

Awaitable<Result<http::Response>> TestRoutes::refuse_all(http::Request request) {
  auto access =
      workplace_.attempts.access_to({"test", "read", request.path_parameters.at(0), std::nullopt}, request.context);
  co_return co_await workplace_.attempts.carry_out(std::move(access), http::wants_problem_details(request.headers),
                                                   [](const Attempt& /*attempt*/) { return find_no_patient(); });
}

Awaitable<Ending> TestRoutes::find_all(std::optional<Uuid> patient_id, std::vector<Uuid> ids, std::vector<Access> more,
                                       telemetry::SpanPlace under) {
  std::vector<StoredTest> tests;
  if (patient_id && !ids.empty()) {
    auto loaded = co_await load_recorded(*patient_id, std::move(ids), std::move(more), std::move(under));
    if (!loaded) co_return Ending{.result = std::unexpected(std::move(loaded.error())), .outcome = "failed"};
    tests = std::move(*loaded);
  }
  std::string documents = "[";
  auto next_turn = kTurnBytes;
  for (const auto& test : tests) {
    if (documents.size() > 1) documents.push_back(',');
    documents += to_json(test);
    if (documents.size() < next_turn) continue;
    next_turn = documents.size() + kTurnBytes;
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, use_awaitable);
  }
  documents.push_back(']');
  co_return Ending{.result = http::respond(200, std::move(documents))};
}

Awaitable<Result<std::vector<StoredTest>>> TestRoutes::load_recorded(Uuid patient_id, std::vector<Uuid> ids,
                                                                     std::vector<Access> more,
                                                                     telemetry::SpanPlace under) {
  std::vector<Attempt> attempts;
  Result<std::vector<StoredTest>> tests;
  std::exception_ptr failure;
  try {
    while (tests && !more.empty()) {
      auto begun = co_await workplace_.attempts.begin(take_call(more));
      if (begun) {
        std::ranges::move(*begun, std::back_inserter(attempts));
      } else {
        tests = std::unexpected(std::move(begun.error()));
      }
    }
    if (tests) tests = co_await workplace_.dependencies.store.load_tests(patient_id, std::move(ids), std::move(under));
  } catch (...) {
    failure = std::current_exception();
  }
  if (tests && !failure) co_return tests;
  for (auto& attempt : attempts) workplace_.attempts.end(std::move(attempt), "failed");
  if (failure) std::rethrow_exception(failure);
  co_return tests;
}

Awaitable<Result<http::Response>> TestRoutes::load_one(http::Request request) {
  const auto patient_id = Uuid::parse(request.path_parameters.at(0));
  const auto& text = request.path_parameters.at(1);
  const auto id = Uuid::parse(text);
  auto access = workplace_.attempts.access_to({"test", "read", array_of(text), patient_id}, request.context);
  co_return co_await workplace_.attempts.carry_out(
      std::move(access), http::wants_problem_details(request.headers),
      [&](const Attempt& attempt) { return find(std::move(request.headers), patient_id, id, attempt.access.span); });
}

Awaitable<Ending> TestRoutes::find(http::Headers request_headers, std::optional<Uuid> patient_id,
                                   std::optional<Uuid> id, telemetry::SpanPlace under) {
  if (!patient_id || !id) co_return not_found(std::string(kNoTest));
  const auto tests = co_await workplace_.dependencies.store.load_tests(*patient_id, std::vector{*id}, std::move(under));
  if (tests.empty()) co_return not_found(std::string(kNoTest));
  co_return loaded(request_headers, to_json(tests.front()), tests.front().last_updated);
}

}  // namespace assay::patients
