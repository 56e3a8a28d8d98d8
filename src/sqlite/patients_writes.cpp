#include "sqlite/patients_writes.hpp"

#include <algorithm>

namespace assay::sqlite {

namespace {

constexpr std::int64_t kSweepRows = 1000;

Uuid id_of(const patients::ImportedDocument& document) {
  return std::visit([](const auto& stored) { return stored.id; }, document);
}

patients::ImportResult compare(bool same_content) {
  return same_content ? patients::ImportResult::kSkipped : patients::ImportResult::kConflict;
}

bool is_refusal(patients::ImportResult result) {
  return result == patients::ImportResult::kConflict || result == patients::ImportResult::kNoSuchPatient;
}

}  // namespace

void PatientsWrites::create_patient(const patients::StoredPatient& patient,
                                    const std::optional<patients::IdempotencyRow>& idempotency,
                                    const patients::Warrant& warrant) {
  insert_patient(patient);
  insert_idempotency(idempotency);
  note_carried_out(warrant);
}

std::expected<patients::StoredPatient, patients::WriteFault> PatientsWrites::update_patient(
    const patients::PatientUpdate& update, const patients::Warrant& warrant) {
  const auto current = find_patient(statements_, update.id);
  if (!current) return std::unexpected(patients::WriteFault::kNoSuchPatient);
  const auto& old_version = current->stored;
  if (!update.precondition.holds(old_version.last_updated)) {
    return std::unexpected(patients::WriteFault::kPreconditionFailed);
  }
  patients::StoredPatient new_version{.id = update.id,
                                      .last_updated = patients::next_version(update.now, old_version.last_updated),
                                      .patient = patients::merge(old_version.patient, update.changes)};
  if (to_json(new_version).size() > patients::kLargestDocument) return std::unexpected(patients::WriteFault::kTooLarge);
  update_row(current->row, new_version);
  if (new_version.patient != old_version.patient) {
    insert_tail(current->row, old_version.patient, new_version.patient);
  }
  note_carried_out(warrant);
  return new_version;
}

std::expected<void, patients::WriteFault> PatientsWrites::create_test(
    const patients::StoredTest& test, const std::optional<patients::IdempotencyRow>& idempotency,
    const patients::Warrant& warrant) {
  const auto patient = find_patient_row(statements_, test.patient_id);
  if (!patient) return std::unexpected(patients::WriteFault::kNoSuchPatient);
  insert_test(*patient, test);
  insert_idempotency(idempotency);
  note_carried_out(warrant);
  return {};
}

std::expected<std::size_t, patients::WriteFault> PatientsWrites::erase_patient(const Uuid& id,
                                                                               const patients::Warrant& warrant) {
  const auto patient = find_patient(statements_, id);
  if (!patient) return std::unexpected(patients::WriteFault::kNoSuchPatient);
  forget_in_indexes(*patient);
  statements_[PatientsSql::kForgetIdempotency].bind(1, Blob(id.bytes)).bind(2, patient->row).run();
  statements_[PatientsSql::kDeleteTests].bind(1, patient->row).run();
  const auto tests = static_cast<std::size_t>(statements_.connection().changes());
  statements_[PatientsSql::kDeletePatient].bind(1, patient->row).run();
  note_carried_out(warrant);
  return tests;
}

void PatientsWrites::forget_in_indexes(const PatientRow& patient) {
  // What the indexes may have of a row: its present values, and those that a version still in the tail replaced.
  std::vector<patients::Patient> versions{patient.stored.patient};
  {
    auto& replaced = statements_[PatientsSql::kReplacedValues];
    const ResetOnExit reset(replaced);
    replaced.bind(1, patient.row);
    while (replaced.step()) versions.push_back(read_patient(replaced).stored.patient);
  }
  indexer_.forget(patient.row, versions);
  statements_[PatientsSql::kDeleteTailOf].bind(1, patient.row).run();
  indexer_.note_tail_rows(-static_cast<std::ptrdiff_t>(statements_.connection().changes()));
}

std::vector<patients::ImportResult> PatientsWrites::import(std::span<const patients::ImportedDocument> documents,
                                                           std::span<const patients::Warrant> warrants) {
  std::vector<patients::ImportResult> results;
  results.reserve(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) results.push_back(decide(documents[i], documents.first(i)));
  if (std::ranges::any_of(results, is_refusal)) {
    std::ranges::replace(results, patients::ImportResult::kCreated, patients::ImportResult::kLeftOut);
  }
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (results[i] != patients::ImportResult::kCreated) continue;
    insert(documents[i]);
    note_carried_out(warrants[i]);
  }
  return results;
}

patients::ImportResult PatientsWrites::decide(const patients::ImportedDocument& document,
                                              std::span<const patients::ImportedDocument> earlier) {
  for (const auto& other : earlier) {
    if (other.index() == document.index() && id_of(other) == id_of(document)) return compare(other == document);
  }
  if (const auto* patient = std::get_if<patients::StoredPatient>(&document)) {
    const auto existing = find_patient(statements_, patient->id);
    return existing ? compare(existing->stored == *patient) : patients::ImportResult::kCreated;
  }
  const auto& test = std::get<patients::StoredTest>(document);
  const bool comes_with_its_patient = !earlier.empty() && id_of(earlier.front()) == test.patient_id;
  if (!comes_with_its_patient && !find_patient_row(statements_, test.patient_id)) {
    return patients::ImportResult::kNoSuchPatient;
  }
  const auto existing = find_test(statements_, test.id);
  return existing ? compare(*existing == test) : patients::ImportResult::kCreated;
}

void PatientsWrites::insert(const patients::ImportedDocument& document) {
  if (const auto* patient = std::get_if<patients::StoredPatient>(&document)) return insert_patient(*patient);
  const auto& test = std::get<patients::StoredTest>(document);
  insert_test(find_patient_row(statements_, test.patient_id).value(), test);
}

bool PatientsWrites::sweep_idempotency(Timestamp before) {
  statements_[PatientsSql::kSweepIdempotency].bind(1, to_milliseconds(before)).bind(2, kSweepRows).run();
  return statements_.connection().changes() == kSweepRows;
}

void PatientsWrites::insert_patient(const patients::StoredPatient& patient) {
  auto& insert = statements_[PatientsSql::kInsertPatient];
  insert.bind(1, Blob(patient.id.bytes)).bind(2, to_milliseconds(patient.last_updated));
  bind_fields(insert, 3, patient.patient);
  insert.run();
  insert_tail(statements_.connection().last_insert_row(), {}, patient.patient);
}

void PatientsWrites::update_row(std::int64_t row, const patients::StoredPatient& patient) {
  auto& update = statements_[PatientsSql::kUpdatePatient];
  update.bind(1, row).bind(2, to_milliseconds(patient.last_updated));
  bind_fields(update, 3, patient.patient);
  update.run();
}

void PatientsWrites::insert_test(std::int64_t patient_row, const patients::StoredTest& test) {
  statements_[PatientsSql::kInsertTest]
      .bind(1, Blob(test.id.bytes))
      .bind(2, patient_row)
      .bind(3, to_milliseconds(test.last_updated))
      .bind(4, std::string_view(test.performer))
      .bind(5, std::string_view(test.order_reference))
      .bind(6, std::string_view(test.observations))
      .run();
}

void PatientsWrites::insert_tail(std::int64_t row, const patients::Patient& old_values,
                                 const patients::Patient& new_values) {
  auto& insert = statements_[PatientsSql::kInsertTail];
  insert.bind(1, row);
  bind_fields(insert, 2, old_values);
  bind_fields(insert, 2 + static_cast<int>(patients::kFieldCount), new_values);
  insert.run();
  indexer_.note_tail_rows(1);
}

void PatientsWrites::insert_idempotency(const std::optional<patients::IdempotencyRow>& idempotency) {
  if (!idempotency) return;
  statements_[PatientsSql::kInsertIdempotency]
      .bind(1, Blob(idempotency->scope_hash))
      .bind(2, Blob(idempotency->body_digest))
      .bind(3, Blob(idempotency->document_id.bytes))
      .bind(4, to_milliseconds(idempotency->created))
      .run();
}

void PatientsWrites::raise_settled_below(std::uint64_t index) {
  const auto settled_below = static_cast<std::int64_t>(index);
  statements_[PatientsSql::kRaiseSettledBelow].bind(1, settled_below).run();
  if (statements_.connection().changes() > 0) statements_[PatientsSql::kForgetSettled].bind(1, settled_below).run();
}

void PatientsWrites::note_carried_out(const patients::Warrant& warrant) {
  raise_settled_below(warrant.settled_below);
  statements_[PatientsSql::kInsertCarriedOut]
      .bind(1, static_cast<std::int64_t>(warrant.record_index))
      .bind(2, Blob(warrant.record_id.bytes))
      .run();
}

}  // namespace assay::sqlite
