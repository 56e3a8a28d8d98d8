#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Where a moment falls among the records, whose dates never go back from one to the next: those still there below
/// `begin` were recorded before it, those from `end` on were not. An erased record has the date of the next one that is
/// still there, if that is near. In between are erased records in long rows, and what stands among them.
struct DateBounds {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t examined = 0;  ///< records that were looked at

  bool is_exact() const { return begin == end; }
};

/// Looks for the moment among the records in [begin, end). However many are erased, it examines at most
/// kMostExaminedForDates records, and then leaves the bounds apart.
DateBounds find_moment(const Connection& connection, Timestamp moment, std::uint64_t begin, std::uint64_t end);

inline constexpr std::uint64_t kMostExaminedForDates = 10'000;

}  // namespace assay::sqlite
