#include "sqlite/patients_statements.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace assay::sqlite {

namespace {

#define ASSAY_PATIENT_FIELDS                                                                          \
  "patient.first_name, patient.last_name, patient.full_name, patient.gender, patient.date_of_birth, " \
  "patient.post_code, patient.insurance_number, patient.preferred_contact_number"
#define ASSAY_PATIENT_COLUMNS "patient.row, patient.id, patient.last_updated, " ASSAY_PATIENT_FIELDS
#define ASSAY_INDEX_BLOCKS                                                                              \
  "SELECT block, rows FROM text_index WHERE segment = ?1 AND field = ?2 AND value = ?3 AND block >= ?4" \
  " ORDER BY block"

struct Text {
  PatientsSql sql;
  std::string_view text;
};

// A cross join keeps SQLite from turning a join around.
constexpr std::array kTexts{
    Text{PatientsSql::kBegin, "BEGIN"},
    Text{PatientsSql::kPatientRow, "SELECT row FROM patient WHERE id = ?"},
    Text{PatientsSql::kPatientById, "SELECT " ASSAY_PATIENT_COLUMNS " FROM patient WHERE id = ?"},
    Text{PatientsSql::kPatientByRow, "SELECT " ASSAY_PATIENT_COLUMNS " FROM patient WHERE row = ?"},
    Text{PatientsSql::kPatientsAfter,
         "SELECT " ASSAY_PATIENT_COLUMNS " FROM patient WHERE row > ? ORDER BY row LIMIT ?"},
    // In the columns of a whole patient, so that the same code reads both.
    Text{PatientsSql::kTail,
         "SELECT row, NULL, NULL, first_name, last_name, full_name, gender, date_of_birth, post_code,"
         " insurance_number, preferred_contact_number FROM tail WHERE row > ?"},
    Text{PatientsSql::kLastRow, "SELECT max(row) FROM patient"},
    Text{PatientsSql::kFirstNameBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kLastNameBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kFullNameBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kGenderBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kDateOfBirthBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kPostCodeBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kInsuranceNumberBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kPreferredContactNumberBlocks, ASSAY_INDEX_BLOCKS},
    Text{PatientsSql::kBirthDays,
         "SELECT day, block, rows FROM birth_day_index WHERE (day, block) >= (?, ?) AND day <= ? ORDER BY day, block"},
    Text{PatientsSql::kBirthYears, "SELECT rows FROM birth_year_index WHERE block = ? AND year BETWEEN ? AND ?"},
    Text{PatientsSql::kTestIds,
         "SELECT test.id FROM patient CROSS JOIN test ON test.patient = patient.row"
         " WHERE patient.id = ? ORDER BY test.row LIMIT ?"},
    Text{PatientsSql::kTestById,
         "SELECT test.id, patient.id, test.last_updated, test.performer, test.order_reference, test.observations"
         " FROM test CROSS JOIN patient ON patient.row = test.patient WHERE test.id = ?"},
    Text{PatientsSql::kIdempotency,
         "SELECT scope_hash, body_digest, document_id, created FROM idempotency WHERE scope_hash = ?"},
    Text{PatientsSql::kCarriedOut,
         "SELECT record_id FROM carried_out WHERE record_index >= (SELECT below FROM settled WHERE only = 1)"},
    Text{PatientsSql::kSettledBelow, "SELECT below FROM settled WHERE only = 1"},
    Text{PatientsSql::kInsertPatient,
         "INSERT INTO patient (id, last_updated, first_name, last_name, full_name, gender, date_of_birth, post_code,"
         " insurance_number, preferred_contact_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    Text{PatientsSql::kUpdatePatient,
         "UPDATE patient SET last_updated = ?2, first_name = ?3, last_name = ?4, full_name = ?5, gender = ?6,"
         " date_of_birth = ?7, post_code = ?8, insurance_number = ?9, preferred_contact_number = ?10"
         " WHERE row = ?1"},
    Text{PatientsSql::kInsertTail,
         "INSERT INTO tail (row, old_first_name, old_last_name, old_full_name, old_gender, old_date_of_birth,"
         " old_post_code, old_insurance_number, old_preferred_contact_number, first_name, last_name, full_name, gender,"
         " date_of_birth, post_code, insurance_number, preferred_contact_number)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    Text{PatientsSql::kInsertTest,
         "INSERT INTO test (id, patient, last_updated, performer, order_reference, observations)"
         " VALUES (?, ?, ?, ?, ?, ?)"},
    // In the columns of a whole patient, so that the same code reads both.
    Text{PatientsSql::kReplacedValues,
         "SELECT tail.row, patient.id, patient.last_updated, old_first_name, old_last_name, old_full_name, old_gender,"
         " old_date_of_birth, old_post_code, old_insurance_number, old_preferred_contact_number"
         " FROM tail CROSS JOIN patient ON patient.row = tail.row WHERE tail.row = ?"},
    Text{PatientsSql::kForgetIdempotency,
         "DELETE FROM idempotency WHERE document_id = ?1 OR document_id IN (SELECT id FROM test WHERE patient = ?2)"},
    Text{PatientsSql::kDeleteTests, "DELETE FROM test WHERE patient = ?"},
    Text{PatientsSql::kDeletePatient, "DELETE FROM patient WHERE row = ?"},
    Text{PatientsSql::kDeleteTailOf, "DELETE FROM tail WHERE row = ?"},
    // The register's indexes may be given anew after it was restored from an older backup.
    Text{PatientsSql::kInsertCarriedOut, "INSERT OR REPLACE INTO carried_out (record_index, record_id) VALUES (?, ?)"},
    Text{PatientsSql::kRaiseSettledBelow, "UPDATE settled SET below = ?1 WHERE only = 1 AND below < ?1"},
    Text{PatientsSql::kForgetSettled, "DELETE FROM carried_out WHERE record_index < ?"},
    Text{PatientsSql::kInsertIdempotency,
         "INSERT INTO idempotency (scope_hash, body_digest, document_id, created) VALUES (?, ?, ?, ?)"},
    Text{PatientsSql::kSweepIdempotency,
         "DELETE FROM idempotency WHERE scope_hash IN"
         " (SELECT scope_hash FROM idempotency WHERE created < ? ORDER BY created LIMIT ?)"},
    Text{PatientsSql::kTailLength, "SELECT count(*) FROM tail"},
    Text{PatientsSql::kTailSlice,
         "SELECT sequence, tail.row, old_first_name, old_last_name, old_full_name, old_gender, old_date_of_birth,"
         " old_post_code, old_insurance_number, old_preferred_contact_number, " ASSAY_PATIENT_FIELDS
         " FROM tail CROSS JOIN patient ON patient.row = tail.row ORDER BY sequence LIMIT ?"},
    Text{PatientsSql::kDeleteTail, "DELETE FROM tail WHERE sequence <= ?"},
    Text{PatientsSql::kTextEntry,
         "SELECT rows FROM text_index WHERE segment = ? AND field = ? AND value = ? AND block = ?"},
    Text{PatientsSql::kAddTextEntry,
         "INSERT OR IGNORE INTO text_index (segment, field, value, block, rows) VALUES (?, ?, ?, ?, ?)"},
    Text{PatientsSql::kPutTextEntry,
         "INSERT OR REPLACE INTO text_index (segment, field, value, block, rows) VALUES (?, ?, ?, ?, ?)"},
    Text{PatientsSql::kDeleteTextEntry,
         "DELETE FROM text_index WHERE segment = ? AND field = ? AND value = ? AND block = ?"},
    Text{PatientsSql::kBirthDayEntry, "SELECT rows FROM birth_day_index WHERE day = ? AND block = ?"},
    Text{PatientsSql::kAddBirthDayEntry, "INSERT OR IGNORE INTO birth_day_index (day, block, rows) VALUES (?, ?, ?)"},
    Text{PatientsSql::kPutBirthDayEntry, "INSERT OR REPLACE INTO birth_day_index (day, block, rows) VALUES (?, ?, ?)"},
    Text{PatientsSql::kDeleteBirthDayEntry, "DELETE FROM birth_day_index WHERE day = ? AND block = ?"},
    Text{PatientsSql::kBirthYearEntry, "SELECT rows FROM birth_year_index WHERE block = ? AND year = ?"},
    Text{PatientsSql::kAddBirthYearEntry,
         "INSERT OR IGNORE INTO birth_year_index (block, year, rows) VALUES (?, ?, ?)"},
    Text{PatientsSql::kPutBirthYearEntry,
         "INSERT OR REPLACE INTO birth_year_index (block, year, rows) VALUES (?, ?, ?)"},
    Text{PatientsSql::kDeleteBirthYearEntry, "DELETE FROM birth_year_index WHERE block = ? AND year = ?"},
};

#undef ASSAY_INDEX_BLOCKS
#undef ASSAY_PATIENT_COLUMNS
#undef ASSAY_PATIENT_FIELDS

consteval bool has_every_statement_in_order() {
  std::size_t expected = 0;
  return std::ranges::all_of(kTexts,
                             [&](const Text& text) { return static_cast<std::size_t>(text.sql) == expected++; });
}

static_assert(kTexts.size() == kPatientsSqlCount && has_every_statement_in_order());

}  // namespace

std::string_view sql_text(PatientsSql sql) { return kTexts[static_cast<std::size_t>(sql)].text; }

Statement& PatientsStatements::operator[](PatientsSql sql) {
  auto& statement = statements_[static_cast<std::size_t>(sql)];
  if (!statement) statement = connection_->prepare(sql_text(sql));
  return *statement;
}

ReadTransaction::~ReadTransaction() {
  // Nothing was written. Should it fail the connection isn't used again (PatientsReaders).
  static_cast<void>(sqlite3_exec(statements_.connection().handle(), "COMMIT", nullptr, nullptr, nullptr));
}

}  // namespace assay::sqlite
