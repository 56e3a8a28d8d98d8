#include "sqlite/patients_birth_range.hpp"

#include "sqlite/patients_index.hpp"

namespace assay::sqlite {

namespace {

using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

sys_days first_day_of(year of) { return sys_days(of / std::chrono::January / 1); }
sys_days last_day_of(year of) { return sys_days(of / std::chrono::December / 31); }

// A birth date has four digits for the year.
constexpr year kFirstYear{1};
constexpr year kLastYear{9999};

}  // namespace

BirthRange::BirthRange(PatientsStatements& statements, const patients::Criteria& criteria) : statements_(statements) {
  const auto first = criteria.born_from.value_or(first_day_of(kFirstYear));
  const auto last = criteria.born_to.value_or(last_day_of(kLastYear));
  const auto first_year = year_month_day(first).year();
  const auto last_year = year_month_day(last).year();
  first_whole_year_ = first == first_day_of(first_year) ? first_year : first_year + std::chrono::years(1);
  last_whole_year_ = last == last_day_of(last_year) ? last_year : last_year - std::chrono::years(1);
  if (first_year == last_year && first_whole_year_ > last_whole_year_) {
    read_days(first, last);
  } else {
    if (first_whole_year_ != first_year) read_days(first, last_day_of(first_year));
    if (last_whole_year_ != last_year) read_days(first_day_of(last_year), last);
  }
}

void BirthRange::read_days(sys_days first, sys_days last) {
  auto& days = statements_[PatientsSql::kBirthDays];
  const ResetOnExit reset(days);
  days.bind(1, day_number(first)).bind(2, std::int64_t{0}).bind(3, day_number(last));
  while (days.step()) ends_[days.integer(1)] |= RowBlock::decode(days.blob(2));
}

RowBlock BirthRange::rows(std::int64_t block) {
  const auto end = ends_.find(block);
  auto rows = end == ends_.end() ? RowBlock() : end->second;
  if (first_whole_year_ > last_whole_year_) return rows;
  auto& years = statements_[PatientsSql::kBirthYears];
  const ResetOnExit reset(years);
  years.bind(1, block)
      .bind(2, std::int64_t{static_cast<int>(first_whole_year_)})
      .bind(3, std::int64_t{static_cast<int>(last_whole_year_)});
  while (years.step()) rows |= RowBlock::decode(years.blob(0));
  return rows;
}

}  // namespace assay::sqlite
