#include "sqlite/patients_store.hpp"

#include <span>
#include <unordered_set>

#include "sqlite/patients_rows.hpp"
#include "sqlite/patients_schema.hpp"
#include "sqlite/patients_search.hpp"
#include "sqlite/schema.hpp"
#include "sqlite/store_span.hpp"
#include "sqlite/writer_metrics.hpp"

namespace assay::sqlite {

namespace {

constexpr std::string_view kDatabase = "patients";

constexpr std::size_t kLongReadThreads = 2;
constexpr std::size_t kLongReadQueueLimit = 256;

/// As many ids as can be listed on the calling thread.
constexpr std::size_t kFewIds = 100;
constexpr std::int64_t kNoLimit = -1;

Connection& migrated(Connection& connection) {
  migrate(connection, patients_migrations(), kPatientsApplicationId);
  return connection;
}

/// How many documents at the front belong to one patient.
std::size_t family_size(std::span<const patients::ImportedDocument> documents) {
  const auto patient_of = [](const patients::ImportedDocument& document) {
    const auto* patient = std::get_if<patients::StoredPatient>(&document);
    return patient != nullptr ? patient->id : std::get<patients::StoredTest>(document).patient_id;
  };
  std::size_t size = 1;
  while (size < documents.size() && std::holds_alternative<patients::StoredTest>(documents[size]) &&
         patient_of(documents[size]) == patient_of(documents.front())) {
    ++size;
  }
  return size;
}

std::vector<Uuid> read_test_ids(PatientsStatements& statements, const Uuid& patient_id, std::int64_t limit) {
  std::vector<Uuid> ids;
  auto& statement = statements[PatientsSql::kTestIds];
  const ResetOnExit reset(statement);
  statement.bind(1, Blob(patient_id.bytes)).bind(2, limit);
  while (statement.step()) ids.push_back(read_uuid(statement, 0));
  return ids;
}

std::vector<patients::StoredTest> read_tests(PatientsStatements& statements, const Uuid& patient_id,
                                             const std::vector<Uuid>& ids) {
  const ReadTransaction transaction(statements);
  std::vector<patients::StoredTest> tests;
  for (const auto& id : ids) {
    auto test = find_test(statements, id);
    if (test && test->patient_id == patient_id) tests.push_back(std::move(*test));
  }
  return tests;
}

std::optional<patients::IdempotencyRow> read_idempotency(PatientsStatements& statements, const Bytes32& scope_hash) {
  auto& statement = statements[PatientsSql::kIdempotency];
  const ResetOnExit reset(statement);
  if (!statement.bind(1, Blob(scope_hash)).step()) return std::nullopt;
  return patients::IdempotencyRow{.scope_hash = read_hash(statement, 0),
                                  .body_digest = read_hash(statement, 1),
                                  .document_id = read_uuid(statement, 2),
                                  .created = from_milliseconds(statement.integer(3))};
}

std::unordered_set<Uuid> read_carried_out(PatientsStatements& statements) {
  std::unordered_set<Uuid> carried_out;
  auto& statement = statements[PatientsSql::kCarriedOut];
  const ResetOnExit reset(statement);
  while (statement.step()) carried_out.insert(read_uuid(statement, 0));
  return carried_out;
}

std::uint64_t read_settled_below(PatientsStatements& statements) {
  auto& statement = statements[PatientsSql::kSettledBelow];
  const ResetOnExit reset(statement);
  statement.step();
  return static_cast<std::uint64_t>(statement.integer(0));
}

}  // namespace

PatientsStore::PatientsStore(const std::filesystem::path& file, WriterOptions options, const telemetry::Log& log,
                             telemetry::Metrics& metrics)
    : writer_(file, std::move(options), log, metrics),
      statements_(migrated(writer_.connection())),
      indexer_(statements_),
      writes_(statements_, indexer_),
      readers_(file),
      durations_{.find_patient = read_durations(metrics, "patients", "find_patient"),
                 .search_patients = read_durations(metrics, "patients", "search_patients"),
                 .list_tests = read_durations(metrics, "patients", "list_tests"),
                 .load_tests = read_durations(metrics, "patients", "load_tests")},
      long_reads_(kLongReadThreads, kLongReadQueueLimit) {
  writer_.start(&indexer_);
}

PatientsStore::~PatientsStore() { writer_.stop(); }

Awaitable<void> PatientsStore::create_patient(patients::StoredPatient patient,
                                              std::optional<patients::IdempotencyRow> idempotency,
                                              patients::Warrant warrant, telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "INSERT patient");
  co_await writer_.run([&](Connection& /*connection*/) { writes_.create_patient(patient, idempotency, warrant); }, 1,
                       span.place());
}

Awaitable<std::expected<patients::StoredPatient, patients::WriteFault>> PatientsStore::update_patient(
    patients::PatientUpdate update, patients::Warrant warrant, telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "UPDATE patient");
  co_return co_await writer_.run([&](Connection& /*connection*/) { return writes_.update_patient(update, warrant); }, 1,
                                 span.place());
}

Awaitable<std::expected<patients::ErasedPatient, patients::WriteFault>> PatientsStore::erase_patient(
    Uuid id, patients::Warrant warrant, telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "DELETE patient");
  auto tests = co_await writer_.run([&](Connection& /*connection*/) { return writes_.erase_patient(id, warrant); }, 1,
                                    span.place());
  if (!tests) co_return std::unexpected(tests.error());
  co_return patients::ErasedPatient{.tests = *tests,
                                    .is_out_of_the_files = co_await writer_.clear_log(Remains::kOverwrite)};
}

Awaitable<void> PatientsStore::finish_erasure() { co_await writer_.clear_log(Remains::kOverwrite); }

Awaitable<std::optional<patients::StoredPatient>> PatientsStore::find_patient(Uuid id, telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "SELECT patient");
  const telemetry::Stopwatch watch(durations_.find_patient);
  co_return readers_.run([&](PatientsStatements& statements) -> std::optional<patients::StoredPatient> {
    auto patient = sqlite::find_patient(statements, id);
    if (!patient) return std::nullopt;
    return std::move(patient->stored);
  });
}

Awaitable<patients::SearchPage> PatientsStore::search(patients::Criteria criteria,
                                                      std::optional<patients::Position> after, std::size_t limit,
                                                      telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "SELECT patient");
  const telemetry::Stopwatch watch(durations_.search_patients);
  co_return co_await long_reads_.run([&] {
    return readers_.run(
        [&](PatientsStatements& statements) { return search_patients(statements, criteria, after, limit); });
  });
}

Awaitable<std::expected<void, patients::WriteFault>> PatientsStore::create_test(
    patients::StoredTest test, std::optional<patients::IdempotencyRow> idempotency, patients::Warrant warrant,
    telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "INSERT test");
  co_return co_await writer_.run(
      [&](Connection& /*connection*/) { return writes_.create_test(test, idempotency, warrant); }, 1, span.place());
}

Awaitable<std::vector<Uuid>> PatientsStore::list_tests(Uuid patient_id, telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "SELECT test");
  const telemetry::Stopwatch watch(durations_.list_tests);
  const auto read = [&](std::int64_t limit) {
    return readers_.run([&](PatientsStatements& statements) { return read_test_ids(statements, patient_id, limit); });
  };
  auto few = read(kFewIds + 1);
  if (few.size() <= kFewIds) co_return few;
  co_return co_await long_reads_.run([&] { return read(kNoLimit); });
}

Awaitable<std::vector<patients::StoredTest>> PatientsStore::load_tests(Uuid patient_id, std::vector<Uuid> ids,
                                                                       telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "SELECT test");
  const telemetry::Stopwatch watch(durations_.load_tests);
  const auto read = [&] {
    return readers_.run([&](PatientsStatements& statements) { return read_tests(statements, patient_id, ids); });
  };
  if (ids.size() <= 1) co_return read();
  co_return co_await long_reads_.run(read);
}

Awaitable<std::vector<patients::ImportResult>> PatientsStore::import(std::vector<patients::ImportedDocument> documents,
                                                                     std::vector<patients::Warrant> warrants,
                                                                     telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "INSERT patient");
  span.set("db.operation.batch.size", static_cast<std::int64_t>(documents.size()));
  const auto import = [&](Connection& /*connection*/) {
    std::vector<patients::ImportResult> results;
    results.reserve(documents.size());
    const std::span<const patients::ImportedDocument> all(documents);
    for (std::size_t first = 0; first < all.size();) {
      const auto count = family_size(all.subspan(first));
      const auto stored = writes_.import(all.subspan(first, count), std::span(warrants).subspan(first, count));
      results.insert(results.end(), stored.begin(), stored.end());
      first += count;
    }
    return results;
  };
  co_return co_await writer_.run(import, documents.size(), span.place());
}

Awaitable<std::optional<patients::IdempotencyRow>> PatientsStore::find_idempotency(Bytes32 scope_hash,
                                                                                   telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "SELECT idempotency");
  co_return readers_.run([&](PatientsStatements& statements) { return read_idempotency(statements, scope_hash); });
}

Awaitable<void> PatientsStore::sweep_idempotency(Timestamp before) {
  bool more = true;
  while (more) {
    more = co_await writer_.run([&](Connection& /*connection*/) { return writes_.sweep_idempotency(before); });
  }
}

Awaitable<std::vector<bool>> PatientsStore::were_carried_out(std::vector<Uuid> record_ids) {
  const auto carried_out = co_await long_reads_.run([&] { return readers_.run(read_carried_out); });
  std::vector<bool> were;
  were.reserve(record_ids.size());
  for (const auto& id : record_ids) were.push_back(carried_out.contains(id));
  co_return were;
}

Awaitable<std::uint64_t> PatientsStore::settled_below() { co_return readers_.run(read_settled_below); }

Awaitable<void> PatientsStore::raise_settled_below(std::uint64_t index) {
  co_await writer_.run([this, index](Connection& /*connection*/) { writes_.raise_settled_below(index); });
}

}  // namespace assay::sqlite
