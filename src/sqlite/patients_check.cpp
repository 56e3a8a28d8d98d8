#include "sqlite/patients_check.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "sqlite/patients_index.hpp"
#include "sqlite/patients_row_block.hpp"
#include "sqlite/patients_rows.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kMaximumFaults = 100;

class PatientsCheck {
 public:
  explicit PatientsCheck(const std::filesystem::path& file)
      : connection_(file, Access::kReadOnly), statements_(connection_) {}

  std::vector<std::string> run() {
    const ReadTransaction transaction(statements_);
    check_structure();
    if (!faults_.empty()) return std::move(faults_);
    check_rows();
    read_tail();
    check_text_entries();
    check_birth_entries();
    check_patients_are_indexed();
    return std::move(faults_);
  }

 private:
  template <class... Arguments>
  void report(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (faults_.size() < kMaximumFaults) faults_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  void check_structure() {
    auto statement = connection_.prepare("PRAGMA integrity_check");
    while (statement.step()) {
      if (statement.text(0) != "ok") report("The file's structure is damaged: {}.", statement.text(0));
    }
  }

  /// Reports `sentence` with the row's number for each row that the query gives.
  void check_none(std::string_view query, fmt::format_string<std::int64_t> sentence) {
    auto statement = connection_.prepare(query);
    while (statement.step()) report(sentence, statement.integer(0));
  }

  void check_rows() {
    check_none("SELECT row FROM patient WHERE typeof(id) <> 'blob' OR length(id) <> 16",
               "The patient in row {} has an id that is no UUID.");
    check_none("SELECT row FROM test WHERE typeof(id) <> 'blob' OR length(id) <> 16",
               "The test in row {} has an id that is no UUID.");
    check_none("SELECT row FROM test WHERE NOT EXISTS (SELECT 1 FROM patient WHERE patient.row = test.patient)",
               "The test in row {} belongs to no patient.");
    check_none("SELECT sequence FROM tail WHERE NOT EXISTS (SELECT 1 FROM patient WHERE patient.row = tail.row)",
               "The tail's row {} belongs to no patient.");
    check_none("SELECT record_index FROM carried_out WHERE typeof(record_id) <> 'blob' OR length(record_id) <> 16",
               "The attempt with the audit index {} has an id that is no UUID.");
  }

  void read_tail() {
    auto statement = connection_.prepare("SELECT row FROM tail");
    while (statement.step()) tail_.insert(statement.integer(0));
  }

  /// Calls `check(row)` for each row of the set that is not in the tail.
  template <class Check>
  void for_each_settled(std::int64_t block, Blob stored, Check check) {
    const auto rows = RowBlock::decode(stored);
    for (auto position = rows.first_from(0); position; position = rows.first_from(*position + 1)) {
      const auto row = block * RowBlock::kRows + *position;
      if (!tail_.contains(row)) check(row);
    }
  }

  void check_text_entries() {
    auto entry = connection_.prepare("SELECT field, value, block, rows FROM text_index");
    while (entry.step()) {
      for_each_settled(entry.integer(2), entry.blob(3), [&](std::int64_t row) {
        const auto field = entry.integer(0);
        if (text_value(row, field) != entry.integer(1)) {
          report("The search index of {} names row {}, which has another value.", name_of(field), row);
        }
      });
    }
  }

  void check_birth_entries() {
    auto day = connection_.prepare("SELECT day, block, rows FROM birth_day_index");
    while (day.step()) {
      for_each_settled(day.integer(1), day.blob(2), [&](std::int64_t row) {
        const auto born = birth_day(row);
        if (!born || day_number(*born) != day.integer(0)) {
          report("The search index of birth days names row {}, which has another day.", row);
        }
      });
    }
    auto year = connection_.prepare("SELECT year, block, rows FROM birth_year_index");
    while (year.step()) {
      for_each_settled(year.integer(1), year.blob(2), [&](std::int64_t row) {
        const auto born = birth_day(row);
        if (!born || year_of(*born) != year.integer(0)) {
          report("The search index of birth years names row {}, which has another year.", row);
        }
      });
    }
  }

  /// What the text index keeps of a field of the patient in that row.
  std::optional<std::int64_t> text_value(std::int64_t row, std::int64_t field) {
    auto& patient = statements_[PatientsSql::kPatientByRow];
    const ResetOnExit reset(patient);
    if (field < 0 || field >= static_cast<std::int64_t>(patients::kFieldCount)) return std::nullopt;
    if (!patient.bind(1, row).step()) return std::nullopt;
    return text_value(patient, field);
  }

  static std::optional<std::int64_t> text_value(const Statement& patient, std::int64_t field) {
    const auto column = kFirstFieldColumn + static_cast<int>(field);
    if (patient.is_null(column) || field == static_cast<std::int64_t>(patients::Field::kDateOfBirth)) {
      return std::nullopt;
    }
    return index_value(patient.text(column));
  }

  std::optional<std::chrono::sys_days> birth_day(std::int64_t row) {
    auto& patient = statements_[PatientsSql::kPatientByRow];
    const ResetOnExit reset(patient);
    if (!patient.bind(1, row).step()) return std::nullopt;
    return sqlite::birth_day(patient);
  }

  void check_patients_are_indexed() {
    auto& patients = statements_[PatientsSql::kPatientsAfter];
    const ResetOnExit reset(patients);
    patients.bind(1, std::int64_t{0}).bind(2, std::int64_t{-1});
    while (patients.step()) {
      if (!tail_.contains(patients.integer(0))) check_is_indexed(patients);
    }
  }

  void check_is_indexed(const Statement& patient) {
    const auto row = patient.integer(0);
    const auto block = RowBlock::number_of(row);
    for (std::int64_t field = 0; field < static_cast<std::int64_t>(patients::kFieldCount); ++field) {
      const auto value = text_value(patient, field);
      if (!value) continue;
      auto& entry = statements_[PatientsSql::kTextEntry];
      entry.bind(1, RowBlock::segment_of(block)).bind(2, field).bind(3, *value).bind(4, block);
      if (!is_in_entry(entry, row)) report("The search index of {} lacks row {}.", name_of(field), row);
    }
    const auto born = sqlite::birth_day(patient);
    if (!born) return;
    auto& day = statements_[PatientsSql::kBirthDayEntry].bind(1, day_number(*born)).bind(2, block);
    if (!is_in_entry(day, row)) report("The search index of birth days lacks row {}.", row);
    auto& year = statements_[PatientsSql::kBirthYearEntry].bind(1, block).bind(2, year_of(*born));
    if (!is_in_entry(year, row)) report("The search index of birth years lacks row {}.", row);
  }

  static bool is_in_entry(Statement& entry, std::int64_t row) {
    const ResetOnExit reset(entry);
    return entry.step() && RowBlock::decode(entry.blob(0)).contains(RowBlock::position_of(row));
  }

  static std::string_view name_of(std::int64_t field) {
    const auto index = static_cast<std::size_t>(field);
    return index < patients::kFieldCount ? patients::kFieldNames[index] : "an unknown field";
  }

  static std::int64_t year_of(std::chrono::sys_days day) {
    return static_cast<int>(std::chrono::year_month_day(day).year());
  }

  Connection connection_;
  PatientsStatements statements_;
  std::unordered_set<std::int64_t> tail_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_patients(const std::filesystem::path& database_file) {
  return PatientsCheck(database_file).run();
}

}  // namespace assay::sqlite
