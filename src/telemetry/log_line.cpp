#include "telemetry/log_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "base/json.hpp"
#include "base/unicode.hpp"

namespace assay::telemetry {

namespace {

constexpr std::size_t kLongestText = 4096;
constexpr std::string_view kCut = "…";
constexpr std::string_view kDefaultColour = "\x1b[0m";
/// Of a moment as text: up to the point before the milliseconds.
constexpr std::size_t kTimeBeforeMilliseconds = 20;

/// Most lines of a thread are of the same second as the one before.
void append_time(std::string& out, Timestamp moment) {
  thread_local std::chrono::sys_seconds last_second{std::chrono::seconds(-1)};
  thread_local std::string last_text;
  const auto second = std::chrono::floor<std::chrono::seconds>(moment);
  if (second != last_second) {
    last_text = to_iso8601(second);
    last_second = second;
  }
  out.append(last_text, 0, kTimeBeforeMilliseconds);
  const auto milliseconds = static_cast<int>((moment - second).count());
  const std::array<char, 4> digits{static_cast<char>('0' + (milliseconds / 100)),
                                   static_cast<char>('0' + (milliseconds / 10 % 10)),
                                   static_cast<char>('0' + (milliseconds % 10)), 'Z'};
  out.append(digits.data(), digits.size());
}

void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 32> digits{};
  std::size_t size = 0;
  for (const auto byte : bytes.first(std::min(bytes.size(), digits.size() / 2))) {
    digits[size++] = kDigits[byte >> 4U];
    digits[size++] = kDigits[byte & 0x0fU];
  }
  out.append(digits.data(), size);
}

bool continues_a_character(char c) { return (static_cast<std::uint8_t>(c) & 0xc0U) == 0x80U; }

/// Whether it stands in a JSON string as it is. Looks at all of it, since that takes many characters at a time.
bool is_plain_ascii(std::string_view text) {
  bool is_plain = true;
  for (const char c : text) is_plain = is_plain & (c >= ' ') & (c != '\x7f') & (c != '"') & (c != '\\');
  return is_plain;
}

/// As a JSON string, which is valid UTF-8 and of bounded length whatever the text is.
void append_string(std::string& out, std::string_view text) {
  if (text.size() <= kLongestText && is_plain_ascii(text)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  if (!is_valid_utf8(text)) return append_json_string(out, "(no UTF-8)");
  if (text.size() <= kLongestText) return append_json_string(out, text);
  auto size = kLongestText;
  while (continues_a_character(text[size])) --size;
  append_json_string(out, text.substr(0, size));
  out.insert(out.size() - 1, kCut);
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

template <class AppendText>
void append_value(std::string& out, const LogValue& value, const AppendText& append_text) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    append_text(out, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    append_number(out, *integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    fmt::format_to(std::back_inserter(out), "{}", *number);
  } else {
    out += std::get<bool>(value) ? "true" : "false";
  }
}

bool is_empty(const LogValue& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  return text != nullptr && text->empty();
}

void append_json(std::string& out, const LogLine& line) {
  out += R"({"time":")";
  append_time(out, line.time);
  out += R"(","level":")";
  out += to_string(line.level);
  out += R"(","part":")";
  out += line.part;
  if (line.trace != nullptr) {
    out += R"(","trace_id":")";
    append_hex(out, line.trace->trace_id);
    out += R"(","span_id":")";
    append_hex(out, line.trace->span_id);
  }
  out += R"(","message":)";
  append_string(out, line.message);
  for (const auto& [name, value] : line.fields) {
    if (is_empty(value)) continue;
    out += ",\"";
    out += name;
    out += "\":";
    append_value(out, value, append_string);
  }
  out += "}\n";
}

/// What needs no quotes among fields.
bool is_word(char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '=' && c != '\\'; }

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c >= ' ' && c < '\x7f') {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint8_t>(c));
    }
  }
  out += '"';
}

/// A text that came from outside may hold what a terminal obeys or turns around, so that only ASCII is shown as it is.
void append_for_people(std::string& out, std::string_view text) {
  const auto shown = text.substr(0, kLongestText);
  if (std::ranges::all_of(shown, is_word)) {
    out += shown;
  } else {
    append_quoted(out, shown);
  }
}

std::string_view colour_of(Level level) {
  switch (level) {
    case Level::kDebug:
      return "\x1b[2m";
    case Level::kInfo:
      return "\x1b[32m";
    case Level::kWarning:
      return "\x1b[33m";
    case Level::kError:
      break;
  }
  return "\x1b[31m";
}

void append_name(std::string& out, std::string_view name) {
  out += ' ';
  out += name;
  out += '=';
}

void append_text(std::string& out, const LogLine& line, bool is_coloured) {
  append_time(out, line.time);
  out += ' ';
  if (is_coloured) out += colour_of(line.level);
  fmt::format_to(std::back_inserter(out), "{:<7}", to_string(line.level));
  if (is_coloured) out += kDefaultColour;
  fmt::format_to(std::back_inserter(out), " {:<8} {}", line.part, line.message);
  for (const auto& [name, value] : line.fields) {
    if (is_empty(value)) continue;
    append_name(out, name);
    append_value(out, value, append_for_people);
  }
  if (line.trace != nullptr) {
    append_name(out, "trace_id");
    append_hex(out, line.trace->trace_id);
    append_name(out, "span_id");
    append_hex(out, line.trace->span_id);
  }
  out += '\n';
}

}  // namespace

void append_line(std::string& out, LogForm form, const LogLine& line) {
  if (form == LogForm::kJson) {
    append_json(out, line);
  } else {
    append_text(out, line, form == LogForm::kColouredText);
  }
}

}  // namespace assay::telemetry
