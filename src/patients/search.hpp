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
  /// Whether they could tell one person from others: neither empty nor a gender alone.
  bool name_somebody() const;
  /// Whether a search with them finds that patient.
  bool hold_for(const StoredPatient& patient) const;
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

/// A page while it is filled: full with `limit` patients, or with the first whose texts bring it to kPageBytes.
class GrowingPage {
 public:
  /// About what a page takes at most, in bytes of text: the longest patient may come on top.
  static constexpr std::size_t kPageBytes = std::size_t{4} << 20U;

  explicit GrowingPage(std::size_t limit) : limit_(limit) {}

  /// Adds a patient, where the page ends if that fills it. Not for a full page.
  void add(StoredPatient patient, Position position);
  bool is_full() const { return page_.next.has_value(); }
  SearchPage take() && { return std::move(page_); }

 private:
  std::size_t limit_;
  std::size_t bytes_ = 0;
  SearchPage page_;
};

}  // namespace assay::patients
