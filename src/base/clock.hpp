#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// A moment in UTC, to the millisecond.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A moment in UTC, to the nanosecond.
using PreciseTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// The present moment, for measuring what a test doesn't set.
PreciseTime precise_now();

/// The present moment as a parameter, so that tests have a clock of their own. Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

/// ISO 8601 in UTC with milliseconds: 2026-01-31T23:59:59.999Z.
std::string to_iso8601(Timestamp moment);

/// Reads exactly the form that `to_iso8601` writes; nothing for anything else.
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// Whether a client's text is a date in ISO 8601's extended form: a day that exists (2026-01-31), or a day and a
/// time (T23:59, seconds and their fraction optional) with `Z`, an offset (+01:00) or neither.
bool is_iso8601(std::string_view text);

}  // namespace assay
