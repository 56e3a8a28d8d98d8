#include "base/unicode.hpp"

#include <algorithm>
#include <cstdint>

namespace assay {

namespace {

constexpr unsigned char kFirstFourByteLead = 0xf0;
/// U+0080 to U+009F are this lead and a byte below that one.
constexpr unsigned char kC1Lead = 0xc2;
constexpr unsigned char kFirstAfterC1 = 0xa0;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Places the bytes so that comparing them orders as UTF-16 does: there, characters beyond the basic
/// plane (surrogates, d800 to dfff) come before U+E000 to U+FFFF (leads ee and ef).
unsigned rank(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= kFirstFourByteLead) return byte - 2U;
  if (byte >= 0xee) return byte + 8U;
  return byte;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < kFirstFourByteLead) return 3;
  if (lead >= kFirstFourByteLead && lead < 0xf5) return 4;
  return 0;
}

/// The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF.
bool second_byte_fits(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}

}  // namespace

std::size_t utf16_length(std::string_view utf8) {
  std::size_t length = 0;
  for (const char c : utf8) {
    if (is_continuation(c)) continue;
    length += static_cast<unsigned char>(c) >= kFirstFourByteLead ? 2 : 1;
  }
  return length;
}

bool less_in_utf16(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, rank, rank);
}

bool is_valid_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const auto length = sequence_length(lead);
    if (length == 0 || i + length > bytes.size()) return false;
    const auto rest = bytes.substr(i + 1, length - 1);
    if (!std::ranges::all_of(rest, is_continuation)) return false;
    if (length > 1 && !second_byte_fits(lead, static_cast<unsigned char>(rest[0]))) return false;
    i += length;
  }
  return true;
}

bool has_control_character(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == kC1Lead && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < kFirstAfterC1) return true;
  }
  return false;
}

}  // namespace assay
