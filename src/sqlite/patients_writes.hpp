#pragma once

#include <span>
#include <vector>

#include "patients/store.hpp"
#include "sqlite/patients_index.hpp"
#include "sqlite/patients_rows.hpp"

namespace assay::sqlite {

/// The changes of the patients' store, each to be called inside one operation of the writer. What they decide
/// depends on the database only, so that an operation can be run again.
class PatientsWrites {
 public:
  PatientsWrites(PatientsStatements& statements, SearchIndexer& indexer) : statements_(statements), indexer_(indexer) {}

  void create_patient(const patients::StoredPatient& patient,
                      const std::optional<patients::IdempotencyRow>& idempotency, const patients::Warrant& warrant);
  std::expected<patients::StoredPatient, patients::WriteFault> update_patient(const patients::PatientUpdate& update,
                                                                              const patients::Warrant& warrant);
  std::expected<void, patients::WriteFault> create_test(const patients::StoredTest& test,
                                                        const std::optional<patients::IdempotencyRow>& idempotency,
                                                        const patients::Warrant& warrant);
  /// Returns how many tests went with the patient.
  std::expected<std::size_t, patients::WriteFault> erase_patient(const Uuid& id, const patients::Warrant& warrant);
  /// As Store::import for one patient and its tests. `warrants` are parallel to `documents`.
  std::vector<patients::ImportResult> import(std::span<const patients::ImportedDocument> documents,
                                             std::span<const patients::Warrant> warrants);

  /// Forgets some of the rows made before `before`; returns whether there may be more.
  bool sweep_idempotency(Timestamp before);

  /// All attempts below that index of the audit register are settled.
  void raise_settled_below(std::uint64_t index);

 private:
  void insert_patient(const patients::StoredPatient& patient);
  void update_row(std::int64_t row, const patients::StoredPatient& patient);
  void insert_test(std::int64_t patient_row, const patients::StoredTest& test);
  void insert_tail(std::int64_t row, const patients::Patient& old_values, const patients::Patient& new_values);
  /// Takes the row out of the search indexes and out of their tail.
  void forget_in_indexes(const PatientRow& patient);
  void insert_idempotency(const std::optional<patients::IdempotencyRow>& idempotency);
  void note_carried_out(const patients::Warrant& warrant);
  /// What would become of a document by itself, after `earlier` ones of the same patient.
  patients::ImportResult decide(const patients::ImportedDocument& document,
                                std::span<const patients::ImportedDocument> earlier);
  void insert(const patients::ImportedDocument& document);

  PatientsStatements& statements_;
  SearchIndexer& indexer_;
};

}  // namespace assay::sqlite
