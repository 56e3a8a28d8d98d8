#include "sqlite/patients_rows.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace assay::sqlite {

namespace {

template <std::size_t Size>
void copy_bytes(const Statement& statement, int column, std::array<std::uint8_t, Size>& out) {
  const auto bytes = statement.blob(column);
  if (bytes.size() != Size) throw Error(SQLITE_CORRUPT, "read an id");
  std::ranges::copy(bytes, out.begin());
}

int column_of(patients::Field field) { return kFirstFieldColumn + static_cast<int>(field); }

bool was_born_within(const Statement& statement, const patients::Criteria& criteria) {
  if (!criteria.born_from && !criteria.born_to) return true;
  const auto day = birth_day(statement);
  return day && (!criteria.born_from || *day >= *criteria.born_from) &&
         (!criteria.born_to || *day <= *criteria.born_to);
}

}  // namespace

std::int64_t to_milliseconds(Timestamp moment) { return moment.time_since_epoch().count(); }

Timestamp from_milliseconds(std::int64_t milliseconds) { return Timestamp(std::chrono::milliseconds(milliseconds)); }

Uuid read_uuid(const Statement& statement, int column) {
  Uuid id;
  copy_bytes(statement, column, id.bytes);
  return id;
}

Bytes32 read_hash(const Statement& statement, int column) {
  Bytes32 hash{};
  copy_bytes(statement, column, hash);
  return hash;
}

PatientRow read_patient(const Statement& statement) {
  PatientRow patient{
      .row = statement.integer(0),
      .stored = {
          .id = read_uuid(statement, 1), .last_updated = from_milliseconds(statement.integer(2)), .patient = {}}};
  int column = kFirstFieldColumn;
  for (auto& field : patient.stored.patient.fields) {
    if (!statement.is_null(column)) field.emplace(statement.text(column));
    ++column;
  }
  return patient;
}

std::optional<std::chrono::sys_days> birth_day(const Statement& statement) {
  return patients::first_day(statement.text(column_of(patients::Field::kDateOfBirth)));
}

bool fields_match(const Statement& statement, const patients::Criteria& criteria) {
  int column = kFirstFieldColumn;
  for (const auto& wanted : criteria.equal.fields) {
    if (wanted && (statement.is_null(column) || statement.text(column) != *wanted)) return false;
    ++column;
  }
  return was_born_within(statement, criteria);
}

void bind_fields(Statement& statement, int first_parameter, const patients::Patient& patient) {
  for (const auto& field : patient.fields) statement.bind(first_parameter++, field);
}

std::optional<std::int64_t> find_patient_row(PatientsStatements& statements, const Uuid& id) {
  auto& statement = statements[PatientsSql::kPatientRow];
  const ResetOnExit reset(statement);
  if (!statement.bind(1, Blob(id.bytes)).step()) return std::nullopt;
  return statement.integer(0);
}

std::optional<PatientRow> find_patient(PatientsStatements& statements, const Uuid& id) {
  auto& statement = statements[PatientsSql::kPatientById];
  const ResetOnExit reset(statement);
  if (!statement.bind(1, Blob(id.bytes)).step()) return std::nullopt;
  return read_patient(statement);
}

std::optional<patients::StoredPatient> read_if_matching(PatientsStatements& statements, std::int64_t row,
                                                        const patients::Criteria& criteria) {
  auto& statement = statements[PatientsSql::kPatientByRow];
  const ResetOnExit reset(statement);
  if (!statement.bind(1, row).step() || !fields_match(statement, criteria)) return std::nullopt;
  return read_patient(statement).stored;
}

std::optional<patients::StoredTest> find_test(PatientsStatements& statements, const Uuid& id) {
  auto& statement = statements[PatientsSql::kTestById];
  const ResetOnExit reset(statement);
  if (!statement.bind(1, Blob(id.bytes)).step()) return std::nullopt;
  return patients::StoredTest{.id = read_uuid(statement, 0),
                              .patient_id = read_uuid(statement, 1),
                              .last_updated = from_milliseconds(statement.integer(2)),
                              .performer = std::string(statement.text(3)),
                              .order_reference = std::string(statement.text(4)),
                              .observations = std::string(statement.text(5))};
}

}  // namespace assay::sqlite
