#include "patients/import_body.hpp"
#include "patients/routes.hpp"

namespace assay::patients {

namespace {

/// How the register says that a document was not stored; empty for one that was.
std::string_view outcome_of(ImportResult result) {
  switch (result) {
    case ImportResult::kSkipped:
      return "not-modified";
    case ImportResult::kConflict:
      return "conflict";
    case ImportResult::kNoSuchPatient:
      return "not-found";
    case ImportResult::kLeftOut:
      return "not-done";
    case ImportResult::kCreated:
      break;
  }
  return {};
}

Target target_of(const ImportedDocument& document) {
  if (const auto* patient = std::get_if<StoredPatient>(&document)) {
    return {"patient", "import", patient->id.to_string(), patient->id};
  }
  const auto& test = std::get<StoredTest>(document);
  return {"test", "import", test.id.to_string(), test.patient_id};
}

/// The documents of all lines without fault, each patient before its tests.
std::vector<ImportedDocument> documents_of(const std::vector<ImportLine>& lines) {
  std::vector<ImportedDocument> documents;
  for (const auto& line : lines) {
    if (!line.content) continue;
    if (line.content->patient) documents.emplace_back(*line.content->patient);
    for (const auto& test : line.content->tests) documents.emplace_back(test);
  }
  return documents;
}

/// `results` are those of `documents_of(lines)`.
std::vector<LineReport> report(const std::vector<ImportLine>& lines, std::span<const ImportResult> results) {
  std::vector<LineReport> reports;
  reports.reserve(lines.size());
  for (const auto& line : lines) {
    if (!line.content) {
      reports.push_back({.number = line.number, .status = "refused", .reason = line.content.error().detail});
      continue;
    }
    const auto count = line.content->documents();
    reports.push_back(report_on(line.number, results.first(count)));
    results = results.subspan(count);
  }
  return reports;
}

}  // namespace

void ImportRoute::add_to(http::Router& router) {
  router.add(http::Method::kPost, "/api/import", [this](http::Request request) { return import(std::move(request)); });
}

Awaitable<Result<http::Response>> ImportRoute::import(http::Request request) {
  if (request.body.empty()) co_return fail(400, "A request body is required.");
  if (auto checked = http::check_content(request.headers, "application/x-ndjson"); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  const auto lines = read_import(request.body);
  if (!lines) co_return std::unexpected(lines.error());
  auto documents = documents_of(*lines);
  std::vector<Access> accesses;
  accesses.reserve(documents.size());
  for (const auto& document : documents) {
    accesses.push_back(workplace_.attempts.access_to(target_of(document), request.context));
    if (accesses.size() > 1) accesses.back().part_of = accesses.front().record_id;
  }
  std::vector<ImportResult> results;
  std::optional<Warrant> first;
  if (!documents.empty()) {
    auto attempts = co_await workplace_.attempts.begin(std::move(accesses));
    if (!attempts) co_return std::unexpected(std::move(attempts.error()));
    first = attempts->front().warrant;
    results = co_await store_all(std::move(documents), std::move(*attempts));
  }
  auto response = http::respond(200, to_json(report(*lines, results)));
  if (first) name_record(response, *first);
  co_return response;
}

Awaitable<std::vector<ImportResult>> ImportRoute::store_all(std::vector<ImportedDocument> documents,
                                                            std::vector<Attempt> attempts) {
  std::vector<Warrant> warrants;
  warrants.reserve(attempts.size());
  for (const auto& attempt : attempts) warrants.push_back(attempt.warrant);
  auto under = attempts.front().access.span;
  std::vector<ImportResult> results;
  std::exception_ptr failure;
  try {
    results =
        co_await workplace_.dependencies.store.import(std::move(documents), std::move(warrants), std::move(under));
  } catch (const OutcomeUnknown&) {
    throw;  // the next start finds out how it ended
  } catch (...) {
    failure = std::current_exception();
  }
  std::vector<std::string_view> outcomes;
  outcomes.reserve(attempts.size());
  for (std::size_t i = 0; i < attempts.size(); ++i) outcomes.push_back(failure ? "failed" : outcome_of(results.at(i)));
  workplace_.attempts.end(std::move(attempts), outcomes);
  if (failure) std::rethrow_exception(failure);
  co_return results;
}

}  // namespace assay::patients
