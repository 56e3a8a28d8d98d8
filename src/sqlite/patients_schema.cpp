#include "sqlite/patients_schema.hpp"

#include <array>

namespace assay::sqlite {

namespace {

// Rows stand in arrival order, so that a create appends; ids are bytes.
//
// text_index: for each field (the number of patients::Field) and value (index_value), the rows that have it, a
// block of 1,024 rows an entry (RowBlock), 64 blocks a segment.
// birth_day_index: for each first day of a birth date the rows that have it, a block an entry.
// birth_year_index: for each block of rows the years in which they were born, so that a range of many years
// can be intersected with other criteria a block at a time.
// tail: row versions that these lack, with the values that an update replaced. It repeats the version's values,
// since reading them from scattered rows would be most of a search's time.
constexpr std::array<std::string_view, 1> kMigrations{R"sql(
CREATE TABLE patient (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  last_updated INTEGER NOT NULL,
  first_name TEXT,
  last_name TEXT,
  full_name TEXT,
  gender TEXT,
  date_of_birth TEXT,
  post_code TEXT,
  insurance_number TEXT,
  preferred_contact_number TEXT
);
CREATE TABLE test (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  patient INTEGER NOT NULL,
  last_updated INTEGER NOT NULL,
  performer TEXT NOT NULL,
  order_reference TEXT NOT NULL,
  observations TEXT NOT NULL
);
CREATE INDEX test_by_patient ON test (patient, row, id);
CREATE TABLE carried_out (
  record_index INTEGER PRIMARY KEY,
  record_id BLOB NOT NULL
);
CREATE TABLE settled (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  below INTEGER NOT NULL
);
INSERT INTO settled VALUES (1, 0);
CREATE TABLE idempotency (
  scope_hash BLOB PRIMARY KEY,
  body_digest BLOB NOT NULL,
  document_id BLOB NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_by_created ON idempotency (created);
CREATE TABLE text_index (
  segment INTEGER NOT NULL,
  field INTEGER NOT NULL,
  value INTEGER NOT NULL,
  block INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (segment, field, value, block)
) WITHOUT ROWID;
CREATE TABLE birth_day_index (
  day INTEGER NOT NULL,
  block INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (day, block)
) WITHOUT ROWID;
CREATE TABLE birth_year_index (
  block INTEGER NOT NULL,
  year INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (block, year)
) WITHOUT ROWID;
CREATE TABLE tail (
  sequence INTEGER PRIMARY KEY,
  row INTEGER NOT NULL,
  old_first_name TEXT,
  old_last_name TEXT,
  old_full_name TEXT,
  old_gender TEXT,
  old_date_of_birth TEXT,
  old_post_code TEXT,
  old_insurance_number TEXT,
  old_preferred_contact_number TEXT,
  first_name TEXT,
  last_name TEXT,
  full_name TEXT,
  gender TEXT,
  date_of_birth TEXT,
  post_code TEXT,
  insurance_number TEXT,
  preferred_contact_number TEXT
);
)sql"};

}  // namespace

std::span<const std::string_view> patients_migrations() { return kMigrations; }

}  // namespace assay::sqlite
