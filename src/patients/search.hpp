#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "patients/patient.hpp"

namespace assay::patients {

/// What a search asks for: all that is present must hold.
struct Criteria {
  std::optional<std::string> id;                   ///< compares as text
  Patient equal;                                   ///< kDateOfBirth is never set
  std::optional<std::chrono::sys_days> born_from;  ///< that day included
  std::optional<std::chrono::sys_days> born_to;    ///< that day included

  bool operator==(const Criteria&) const = default;

  /// Whether a birth-date range is all that is asked for; such a search is ordered by (birth day, row),
  /// every other by row.
  bool is_birth_range_only() const;
};

/// Where a page ended: the last key given.
struct Position {
  std::chrono::sys_days birth_day{};  ///< meaningful for a birth-date range alone
  std::int64_t row = 0;

  bool operator==(const Position&) const = default;
};

struct SearchPage {
  std::vector<StoredPatient> patients;
  std::optional<Position> next;  ///< present when there may be more
};

}  // namespace assay::patients
