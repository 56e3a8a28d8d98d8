#pragma once

#include <filesystem>

#include "base/blocking_pool.hpp"
#include "patients/store.hpp"
#include "sqlite/patients_index.hpp"
#include "sqlite/patients_reader.hpp"
#include "sqlite/patients_writes.hpp"
#include "sqlite/writer.hpp"

namespace assay::sqlite {

/// The patients' store on SQLite. Changes go through one writer; look-ups of one document run at once on the calling
/// thread, reads of many on two threads of their own, and are Unavailable when too many wait. Safe from any I/O thread.
class PatientsStore final : public patients::Store {
 public:
  /// Opens patients.db or makes it, and brings its schema up to date. Throws Refusal or Error.
  PatientsStore(const std::filesystem::path& file, WriterOptions options, const telemetry::Log& log,
                telemetry::Metrics& metrics);
  ~PatientsStore() override;
  PatientsStore(const PatientsStore&) = delete;
  PatientsStore& operator=(const PatientsStore&) = delete;

  Awaitable<void> create_patient(patients::StoredPatient patient, std::optional<patients::IdempotencyRow> idempotency,
                                 patients::Warrant warrant, telemetry::SpanPlace under) override;
  Awaitable<std::expected<patients::StoredPatient, patients::WriteFault>> update_patient(
      patients::PatientUpdate update, patients::Warrant warrant, telemetry::SpanPlace under) override;
  Awaitable<std::expected<patients::ErasedPatient, patients::WriteFault>> erase_patient(
      Uuid id, patients::Warrant warrant, telemetry::SpanPlace under) override;
  Awaitable<void> finish_erasure() override;
  Awaitable<std::optional<patients::StoredPatient>> find_patient(Uuid id, telemetry::SpanPlace under) override;
  Awaitable<patients::SearchPage> search(patients::Criteria criteria, std::optional<patients::Position> after,
                                         std::size_t limit, telemetry::SpanPlace under) override;

  Awaitable<std::expected<void, patients::WriteFault>> create_test(patients::StoredTest test,
                                                                   std::optional<patients::IdempotencyRow> idempotency,
                                                                   patients::Warrant warrant,
                                                                   telemetry::SpanPlace under) override;
  Awaitable<std::vector<Uuid>> list_tests(Uuid patient_id, telemetry::SpanPlace under) override;
  Awaitable<std::vector<patients::StoredTest>> load_tests(Uuid patient_id, std::vector<Uuid> ids,
                                                          telemetry::SpanPlace under) override;

  Awaitable<std::vector<patients::ImportResult>> import(std::vector<patients::ImportedDocument> documents,
                                                        std::vector<patients::Warrant> warrants,
                                                        telemetry::SpanPlace under) override;

  Awaitable<std::optional<patients::IdempotencyRow>> find_idempotency(Bytes32 scope_hash,
                                                                      telemetry::SpanPlace under) override;
  Awaitable<void> sweep_idempotency(Timestamp before) override;

  Awaitable<std::vector<bool>> were_carried_out(std::vector<Uuid> record_ids) override;
  Awaitable<std::uint64_t> settled_below() override;
  Awaitable<void> raise_settled_below(std::uint64_t index) override;

  /// Tells the store's health.
  const Writer& writer() const { return writer_; }

 private:
  Writer writer_;
  PatientsStatements statements_;
  SearchIndexer indexer_;
  PatientsWrites writes_;
  PatientsReaders readers_;
  struct {
    telemetry::Histogram& find_patient;
    telemetry::Histogram& search_patients;
    telemetry::Histogram& list_tests;
    telemetry::Histogram& load_tests;
  } durations_;
  BlockingPool long_reads_;
};

}  // namespace assay::sqlite
