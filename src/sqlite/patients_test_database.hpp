#pragma once

#include <random>

#include "base/temporary_folder.hpp"
#include "sqlite/patients_index.hpp"
#include "sqlite/patients_reader.hpp"
#include "sqlite/patients_schema.hpp"
#include "sqlite/patients_search.hpp"
#include "sqlite/patients_writes.hpp"
#include "sqlite/schema.hpp"

namespace assay::sqlite {

/// A patients.db for tests, without the writer's thread: what is indexed when is the test's decision.
class PatientsTestDatabase {
 public:
  PatientsTestDatabase() = default;

  patients::StoredPatient create(const patients::Patient& patient) {
    const patients::StoredPatient stored{.id = next_id(), .last_updated = now(), .patient = patient};
    transact([&] { writes_.create_patient(stored, std::nullopt, next_warrant()); });
    return stored;
  }

  /// A patient without fields in that row; the next ones follow it.
  patients::StoredPatient create_in_row(std::int64_t row) {
    const patients::StoredPatient stored{.id = next_id(), .last_updated = now(), .patient = {}};
    connection_.prepare("INSERT INTO patient (row, id, last_updated) VALUES (?, ?, ?)")
        .bind(1, row)
        .bind(2, Blob(stored.id.bytes))
        .bind(3, to_milliseconds(stored.last_updated))
        .run();
    return stored;
  }

  patients::StoredPatient update(const Uuid& id, const patients::Patient& changes) {
    patients::StoredPatient updated;
    transact([&] {
      updated = writes_.update_patient({.id = id, .changes = changes, .precondition = {}, .now = now()}, next_warrant())
                    .value();
    });
    return updated;
  }

  /// Indexes at most `rows` of the tail.
  void index(std::size_t rows) {
    transact([&] { indexer_.run_slice(connection_, rows); });
  }
  void index_all() {
    while (indexer_.backlog() > 0) index(1000);
  }

  template <class Work>
  void transact(Work work) {
    connection_.execute("BEGIN IMMEDIATE");
    work();
    connection_.execute("COMMIT");
    indexer_.on_committed();
  }

  patients::SearchPage search(const patients::Criteria& criteria,
                              const std::optional<patients::Position>& after = std::nullopt, std::size_t limit = 100) {
    return readers_.run(
        [&](PatientsStatements& statements) { return search_patients(statements, criteria, after, limit); });
  }

  Uuid next_id() {
    Uuid id;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(id_source_());
    return id;
  }

  patients::Warrant next_warrant() {
    return {.record_id = next_id(), .record_index = ++record_index_, .settled_below = record_index_ / 2};
  }

  Timestamp now() { return now_ += std::chrono::milliseconds(1); }

  const std::filesystem::path& file() const { return file_; }
  Connection& connection() { return connection_; }
  PatientsStatements& statements() { return statements_; }
  SearchIndexer& indexer() { return indexer_; }
  PatientsWrites& writes() { return writes_; }

 private:
  static Connection made(const std::filesystem::path& file) {
    Connection connection(file, Access::kReadWrite);
    connection.execute("PRAGMA synchronous = OFF");
    migrate(connection, patients_migrations(), kPatientsApplicationId);
    return connection;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "patients.db";
  Connection connection_ = made(file_);
  PatientsStatements statements_{connection_};
  SearchIndexer indexer_{statements_};
  PatientsWrites writes_{statements_, indexer_};
  PatientsReaders readers_{file_};
  std::mt19937 id_source_{1};
  std::uint64_t record_index_ = 0;
  Timestamp now_{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
};

}  // namespace assay::sqlite
