#include "app/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/unicode.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kLongestCharacter = 4;
constexpr unsigned kFirstBeyondAscii = 0x80;

/// The bytes of the first character; of what is no UTF-8 the first byte.
std::string_view first_character(std::string_view text) {
  const auto most = std::min(kLongestCharacter, text.size());
  for (std::size_t size = 1; size < most; ++size) {
    if (is_valid_utf8(text.substr(0, size))) return text.substr(0, size);
  }
  return text.substr(0, is_valid_utf8(text.substr(0, most)) ? most : 1);
}

/// Of well-formed UTF-8.
char32_t code_point_of(std::string_view character) {
  constexpr unsigned kPayloadBits = 6;
  constexpr unsigned kPayload = 0x3f;
  const auto lead = static_cast<unsigned char>(character.front());
  char32_t point = character.size() == 1 ? lead : lead & (kPayload >> (character.size() - 1));
  for (const char c : character.substr(1)) point = (point << kPayloadBits) | (static_cast<unsigned char>(c) & kPayload);
  return point;
}

bool is_harmless(char32_t point) {
  const auto is_in = [point](char32_t first, char32_t last) { return first <= point && point <= last; };
  const bool is_control = is_in(0, 0x1f) || is_in(0x7f, 0x9f);
  const bool turns = point == 0x61c || is_in(0x200e, 0x200f) || is_in(0x202a, 0x202e) || is_in(0x2066, 0x2069);
  return !is_control && !turns && !is_in(0x2028, 0x2029);
}

std::string shown(std::string_view character) {
  if (!is_valid_utf8(character)) return fmt::format("\\x{:02x}", static_cast<unsigned char>(character.front()));
  const auto point = code_point_of(character);
  if (is_harmless(point)) return std::string(character);
  const auto number = static_cast<unsigned>(point);
  return number < kFirstBeyondAscii ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

}  // namespace

std::string for_terminal(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto character = first_character(text);
    out += shown(character);
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace assay::app
