#include "sqlite/patients_index.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "base/bytes.hpp"
#include "patients/patient.hpp"
#include "sqlite/patients_row_block.hpp"

namespace assay::sqlite {

namespace {

/// That a row belongs to an entry of an index, or no longer.
template <std::size_t KeyColumns>
struct Change {
  std::array<std::int64_t, KeyColumns> key;
  std::int64_t row;
  bool present;

  bool operator<(const Change& other) const { return std::tie(key, row) < std::tie(other.key, other.row); }
};

struct Changes {
  std::vector<Change<4>> texts;
  std::vector<Change<2>> birth_days;
  std::vector<Change<2>> birth_years;
};

// Columns of the statement kTailSlice.
constexpr int kSequenceColumn = 0;
constexpr int kRowColumn = 1;
constexpr int kOldFieldsColumn = 2;
constexpr int kFieldsColumn = kOldFieldsColumn + static_cast<int>(patients::kFieldCount);

std::int64_t year_of(std::chrono::sys_days day) { return static_cast<int>(std::chrono::year_month_day(day).year()); }

void note_birth_change(std::int64_t row, std::optional<std::chrono::sys_days> before,
                       std::optional<std::chrono::sys_days> now, Changes& changes) {
  const auto block = RowBlock::number_of(row);
  if (before == now) return;
  if (before) changes.birth_days.push_back({.key = {day_number(*before), block}, .row = row, .present = false});
  if (now) changes.birth_days.push_back({.key = {day_number(*now), block}, .row = row, .present = true});
  if (before && now && year_of(*before) == year_of(*now)) return;
  if (before) changes.birth_years.push_back({.key = {block, year_of(*before)}, .row = row, .present = false});
  if (now) changes.birth_years.push_back({.key = {block, year_of(*now)}, .row = row, .present = true});
}

void note_text_change(const Statement& tail, std::int64_t row, int field, Changes& changes) {
  const auto before = kOldFieldsColumn + field;
  const auto now = kFieldsColumn + field;
  if (tail.is_null(before) == tail.is_null(now) && tail.text(before) == tail.text(now)) return;
  const auto block = RowBlock::number_of(row);
  const auto note = [&](int column, bool present) {
    if (tail.is_null(column)) return;
    changes.texts.push_back({.key = {RowBlock::segment_of(block), field, index_value(tail.text(column)), block},
                             .row = row,
                             .present = present});
  };
  note(before, false);
  note(now, true);
}

void note_changes(const Statement& tail, Changes& changes) {
  const auto row = tail.integer(kRowColumn);
  for (int field = 0; field < static_cast<int>(patients::kFieldCount); ++field) {
    if (field == static_cast<int>(patients::Field::kDateOfBirth)) {
      note_birth_change(row, patients::first_day(tail.text(kOldFieldsColumn + field)),
                        patients::first_day(tail.text(kFieldsColumn + field)), changes);
    } else {
      note_text_change(tail, row, field, changes);
    }
  }
}

/// The statements for the entries of one index.
struct EntryStatements {
  Statement& find;
  Statement& add;
  Statement& put;
  Statement& remove;
};

template <std::size_t KeyColumns>
Statement& bind_key(Statement& statement, const std::array<std::int64_t, KeyColumns>& key) {
  int parameter = 0;
  for (const auto column : key) statement.bind(++parameter, column);
  return statement;
}

template <std::size_t KeyColumns>
RowBlock read_entry(Statement& find, const std::array<std::int64_t, KeyColumns>& key) {
  const ResetOnExit reset(find);
  return bind_key(find, key).step() ? RowBlock::decode(find.blob(0)) : RowBlock();
}

template <std::size_t KeyColumns>
void store_entry(Statement& statement, const std::array<std::int64_t, KeyColumns>& key, const RowBlock& rows) {
  bind_key(statement, key).bind(static_cast<int>(KeyColumns) + 1, Blob(rows.encode())).run();
}

template <std::size_t KeyColumns>
void apply_to_entry(Connection& connection, const EntryStatements& entry,
                    const std::array<std::int64_t, KeyColumns>& key, const RowBlock& added, const RowBlock& removed) {
  // Most values of most fields are one patient's: then there is no entry to read.
  if (removed.empty()) {
    store_entry(entry.add, key, added);
    if (connection.changes() > 0) return;
  }
  auto rows = read_entry(entry.find, key);
  rows -= removed;
  rows |= added;
  if (!rows.empty()) return store_entry(entry.put, key, rows);
  bind_key(entry.remove, key).run();
}

/// Sorted, so that each page is touched once and neighbours follow each other.
template <std::size_t KeyColumns>
void apply(Connection& connection, const EntryStatements& entry, std::vector<Change<KeyColumns>> changes) {
  std::ranges::sort(changes, std::less<>());
  for (auto change = changes.begin(); change != changes.end();) {
    const auto& key = change->key;
    RowBlock added;
    RowBlock removed;
    for (; change != changes.end() && change->key == key; ++change) {
      (change->present ? added : removed).insert(RowBlock::position_of(change->row));
    }
    apply_to_entry(connection, entry, key, added, removed);
  }
}

void apply(PatientsStatements& statements, Changes changes) {
  apply(statements.connection(),
        {.find = statements[PatientsSql::kTextEntry],
         .add = statements[PatientsSql::kAddTextEntry],
         .put = statements[PatientsSql::kPutTextEntry],
         .remove = statements[PatientsSql::kDeleteTextEntry]},
        std::move(changes.texts));
  apply(statements.connection(),
        {.find = statements[PatientsSql::kBirthDayEntry],
         .add = statements[PatientsSql::kAddBirthDayEntry],
         .put = statements[PatientsSql::kPutBirthDayEntry],
         .remove = statements[PatientsSql::kDeleteBirthDayEntry]},
        std::move(changes.birth_days));
  apply(statements.connection(),
        {.find = statements[PatientsSql::kBirthYearEntry],
         .add = statements[PatientsSql::kAddBirthYearEntry],
         .put = statements[PatientsSql::kPutBirthYearEntry],
         .remove = statements[PatientsSql::kDeleteBirthYearEntry]},
        std::move(changes.birth_years));
}

/// That a row has this value of a field no longer.
void note_loss(std::int64_t row, std::size_t field, std::string_view value, Changes& changes) {
  const auto block = RowBlock::number_of(row);
  if (field == static_cast<std::size_t>(patients::Field::kDateOfBirth)) {
    const auto day = patients::first_day(value);
    if (!day) return;
    changes.birth_days.push_back({.key = {day_number(*day), block}, .row = row, .present = false});
    changes.birth_years.push_back({.key = {block, year_of(*day)}, .row = row, .present = false});
  } else {
    changes.texts.push_back(
        {.key = {RowBlock::segment_of(block), static_cast<std::int64_t>(field), index_value(value), block},
         .row = row,
         .present = false});
  }
}

}  // namespace

std::int64_t day_number(std::chrono::sys_days birth_day) { return birth_day.time_since_epoch().count(); }

std::int64_t index_value(std::string_view text) {
  // Part of the stored format. Not a secret: it only makes texts of the same value hard to find.
  constexpr std::string_view kKey = "assay.text.index";
  static_assert(kKey.size() == crypto_shorthash_KEYBYTES);
  std::int64_t value = 0;
  static_assert(sizeof value == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<std::uint8_t*>(&value), as_bytes(text).data(), text.size(), as_bytes(kKey).data());
  return value;
}

SearchIndexer::SearchIndexer(PatientsStatements& statements) : statements_(statements) {
  auto& length = statements_[PatientsSql::kTailLength];
  const ResetOnExit reset(length);
  length.step();
  backlog_ = static_cast<std::size_t>(length.integer(0));
}

void SearchIndexer::forget(std::int64_t row, std::span<const patients::Patient> versions) {
  Changes changes;
  for (const auto& version : versions) {
    for (std::size_t field = 0; field < patients::kFieldCount; ++field) {
      if (version.fields[field]) note_loss(row, field, *version.fields[field], changes);
    }
  }
  apply(statements_, std::move(changes));
}

void SearchIndexer::run_slice(Connection& /*connection*/, std::size_t rows) {
  Changes changes;
  std::int64_t last_sequence = 0;
  std::ptrdiff_t taken = 0;
  {
    auto& slice = statements_[PatientsSql::kTailSlice];
    const ResetOnExit reset(slice);
    slice.bind(1, static_cast<std::int64_t>(rows));
    for (; slice.step(); ++taken) {
      note_changes(slice, changes);
      last_sequence = slice.integer(kSequenceColumn);
    }
  }
  apply(statements_, std::move(changes));
  statements_[PatientsSql::kDeleteTail].bind(1, last_sequence).run();
  uncommitted_ -= taken;
}

void SearchIndexer::on_committed() {
  backlog_ += static_cast<std::size_t>(uncommitted_);
  uncommitted_ = 0;
}

void SearchIndexer::on_rolled_back() { uncommitted_ = 0; }

}  // namespace assay::sqlite
