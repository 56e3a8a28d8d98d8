#include "base/dates.hpp"

namespace assay {

namespace {

constexpr std::size_t kDaySize = 10;
constexpr std::size_t kMillisecondDigits = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Two digits at `position` that are at most `largest`.
std::optional<unsigned> pair_at(std::string_view text, std::size_t position, unsigned largest) {
  const auto value = digits_at(text, position, 2);
  return value && *value <= largest ? value : std::nullopt;
}

bool is_at(std::string_view text, std::size_t position, char c) {
  return position < text.size() && text[position] == c;
}

/// hh:mm at the front of `text`.
std::optional<std::chrono::minutes> parse_hour_and_minute(std::string_view text) {
  const auto hour = pair_at(text, 0, 23);
  const auto minute = pair_at(text, 3, 59);
  if (!hour || !minute || !is_at(text, 2, ':')) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

/// Takes `.f…` off the front of `rest`; what is finer than a millisecond is cut off.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& rest) {
  if (!is_at(rest, 0, '.')) return std::chrono::milliseconds(0);
  unsigned value = 0;
  std::size_t digits = 0;
  for (rest.remove_prefix(1); !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), ++digits) {
    if (digits < kMillisecondDigits) value = value * 10 + static_cast<unsigned>(rest.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < kMillisecondDigits; ++digits) value *= 10;
  return std::chrono::milliseconds(value);
}

/// Takes `:ss[.f…]` off the front of `rest`; without it the minute is full.
std::optional<std::chrono::milliseconds> take_seconds(std::string_view& rest) {
  if (!is_at(rest, 0, ':')) return std::chrono::milliseconds(0);
  const auto second = pair_at(rest, 1, 59);
  if (!second) return std::nullopt;
  rest.remove_prefix(3);
  const auto fraction = take_fraction(rest);
  if (!fraction) return std::nullopt;
  return std::chrono::seconds(*second) + *fraction;
}

/// The offset from UTC that all of `text` names.
std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z") return std::chrono::minutes(0);
  constexpr std::size_t kSize = 6;
  if (text.size() != kSize || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto offset = parse_hour_and_minute(text.substr(1));
  if (!offset) return std::nullopt;
  return text[0] == '-' ? -*offset : *offset;
}

/// The time of day in UTC (negative or beyond a day where the offset leads there); `text` follows the T.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  const auto hour_and_minute = parse_hour_and_minute(text);
  if (!hour_and_minute) return std::nullopt;
  auto rest = text.substr(5);
  const auto seconds = take_seconds(rest);
  if (!seconds) return std::nullopt;
  const auto offset = parse_offset(rest);
  if (!offset) return std::nullopt;
  return *hour_and_minute + *seconds - *offset;
}

}  // namespace

std::optional<unsigned> digits_at(std::string_view text, std::size_t position, std::size_t digits) {
  if (position + digits > text.size()) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(position, digits)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() != kDaySize || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<IsoDate> parse_iso_date(std::string_view text) {
  const auto day = parse_day(text.substr(0, kDaySize));
  if (!day) return std::nullopt;
  if (text.size() == kDaySize) return IsoDate{.day = *day, .moment = *day};
  if (text[kDaySize] != 'T') return std::nullopt;
  const auto time = parse_time(text.substr(kDaySize + 1));
  if (!time) return std::nullopt;
  return IsoDate{.day = *day, .moment = *day + *time};
}

}  // namespace assay
