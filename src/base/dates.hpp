#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace assay {

/// The digits of a part of a date, exactly `digits` of them at `position`; nothing when they are not there.
std::optional<unsigned> digits_at(std::string_view text, std::size_t position, std::size_t digits);

/// The day written as YYYY-MM-DD, if there is such a day.
std::optional<std::chrono::sys_days> parse_day(std::string_view text);

/// A date as people write it.
struct IsoDate {
  std::chrono::sys_days day;  ///< the day as written, whatever the offset
  Timestamp moment;           ///< in UTC, to the millisecond; midnight when only the day is written
};

/// Reads ISO 8601's extended form: YYYY-MM-DD, or that with Thh:mm[:ss[.f…]] and Z, ±hh:mm or nothing (then
/// UTC). Nothing for anything else, impossible days and hours among it.
std::optional<IsoDate> parse_iso_date(std::string_view text);

}  // namespace assay
