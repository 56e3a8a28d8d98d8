#include "sqlite/patients_search_birth.hpp"

#include <algorithm>
#include <limits>

#include "sqlite/patients_index.hpp"
#include "sqlite/patients_row_block.hpp"
#include "sqlite/patients_rows.hpp"

namespace assay::sqlite {

namespace {

/// A place in the order of such a search; as numbers, so that there are places below and above all.
struct Place {
  std::int64_t day = std::numeric_limits<std::int64_t>::min();
  std::int64_t row = 0;

  auto operator<=>(const Place&) const = default;
};

std::int64_t birth_day_of(const patients::StoredPatient& patient) {
  return day_number(*patients::first_day(*patient.patient[patients::Field::kDateOfBirth]));
}

/// What the index has above a place, in order.
class IndexedPlaces {
 public:
  IndexedPlaces(PatientsStatements& statements, Place after, std::int64_t last_day)
      : statement_(statements[PatientsSql::kBirthDays]), reset_(statement_), after_(after) {
    statement_.bind(1, after.day).bind(2, RowBlock::number_of(after.row)).bind(3, last_day);
  }

  std::optional<Place> next() {
    while (true) {
      const auto position = rows_.first_from(next_position_);
      if (!position) {
        if (!statement_.step()) return std::nullopt;
        day_ = statement_.integer(0);
        block_ = statement_.integer(1);
        rows_ = RowBlock::decode(statement_.blob(2));
        next_position_ = 0;
        continue;
      }
      next_position_ = *position + 1;
      const Place place{.day = day_, .row = block_ * RowBlock::kRows + *position};
      if (place > after_) return place;
    }
  }

 private:
  Statement& statement_;
  ResetOnExit reset_;
  Place after_;
  std::int64_t day_ = 0;
  std::int64_t block_ = 0;
  RowBlock rows_;
  unsigned next_position_ = 0;
};

/// What the versions in the tail have above a place, in order.
std::vector<Place> tail_places(PatientsStatements& statements, const patients::Criteria& criteria, Place after) {
  std::vector<Place> places;
  auto& tail = statements[PatientsSql::kTail];
  const ResetOnExit reset(tail);
  tail.bind(1, std::int64_t{0});
  while (tail.step()) {
    if (!fields_match(tail, criteria)) continue;
    const Place place{.day = day_number(*birth_day(tail)), .row = tail.integer(0)};
    if (place > after) places.push_back(place);
  }
  std::ranges::sort(places);
  const auto repeated = std::ranges::unique(places);
  places.erase(repeated.begin(), repeated.end());
  return places;
}

Place start_of(const patients::Criteria& criteria, const std::optional<patients::Position>& after) {
  if (after) return {.day = day_number(after->birth_day), .row = after->row};
  return criteria.born_from ? Place{.day = day_number(*criteria.born_from), .row = 0} : Place();
}

}  // namespace

patients::SearchPage search_by_birth(PatientsStatements& statements, const patients::Criteria& criteria,
                                     const std::optional<patients::Position>& after, std::size_t limit) {
  patients::GrowingPage page(limit);
  const auto start = start_of(criteria, after);
  const auto tail = tail_places(statements, criteria, start);
  auto in_tail = tail.begin();
  IndexedPlaces index(statements, start,
                      criteria.born_to ? day_number(*criteria.born_to) : std::numeric_limits<std::int64_t>::max());
  auto indexed = index.next();
  while (!page.is_full() && (indexed || in_tail != tail.end())) {
    const auto place = !indexed ? *in_tail : in_tail == tail.end() ? *indexed : std::min(*indexed, *in_tail);
    if (in_tail != tail.end() && *in_tail == place) ++in_tail;
    if (indexed && *indexed == place) indexed = index.next();
    auto patient = read_if_matching(statements, place.row, criteria);
    // Found by an earlier birth date: the patient stands in its present one's place.
    if (!patient || birth_day_of(*patient) != place.day) continue;
    page.add(std::move(*patient), {.birth_day = std::chrono::sys_days(std::chrono::days(place.day)), .row = place.row});
  }
  return std::move(page).take();
}

}  // namespace assay::sqlite
