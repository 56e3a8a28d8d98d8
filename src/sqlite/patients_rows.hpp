#pragma once

#include <cstdint>
#include <optional>

#include "patients/search.hpp"
#include "patients/store.hpp"
#include "sqlite/patients_statements.hpp"

namespace assay::sqlite {

/// A patient with its place in the order of arrival.
struct PatientRow {
  std::int64_t row = 0;
  patients::StoredPatient stored;
};

/// Columns of the statements that give whole patients: row, id, last_updated, then the fields in their order.
inline constexpr int kFirstFieldColumn = 3;

/// Reads a result row of a statement that gives whole patients.
PatientRow read_patient(const Statement& statement);

/// Whether the fields in the result row meet the criteria, the id excepted.
bool fields_match(const Statement& statement, const patients::Criteria& criteria);

/// The first day of the birth date in the result row, if there is one.
std::optional<std::chrono::sys_days> birth_day(const Statement& statement);

/// Binds all fields, the first one as `first_parameter`.
void bind_fields(Statement& statement, int first_parameter, const patients::Patient& patient);

std::optional<std::int64_t> find_patient_row(PatientsStatements& statements, const Uuid& id);
std::optional<PatientRow> find_patient(PatientsStatements& statements, const Uuid& id);
/// The patient in that row if it meets the criteria, the id excepted.
std::optional<patients::StoredPatient> read_if_matching(PatientsStatements& statements, std::int64_t row,
                                                        const patients::Criteria& criteria);
std::optional<patients::StoredTest> find_test(PatientsStatements& statements, const Uuid& id);

std::int64_t to_milliseconds(Timestamp moment);
Timestamp from_milliseconds(std::int64_t milliseconds);

/// The id in a result row. Throws Error (SQLITE_CORRUPT) when it hasn't 16 bytes.
Uuid read_uuid(const Statement& statement, int column);
/// The hash in a result row. Throws Error (SQLITE_CORRUPT) when it hasn't 32 bytes.
Bytes32 read_hash(const Statement& statement, int column);

}  // namespace assay::sqlite
