#include "base/uuid.hpp"

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"

namespace assay {

namespace {

constexpr std::size_t kTextSize = 36;
/// Of version 7: milliseconds since 1970, big-endian (RFC 9562 section 5.7).
constexpr std::size_t kTimeBytes = 6;
constexpr std::array<std::size_t, 4> kHyphens{8, 13, 18, 23};

bool is_hyphen_position(std::size_t position) { return std::ranges::find(kHyphens, position) != kHyphens.end(); }

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Puts in the version and the variant (RFC 9562 section 4).
void mark(Uuid& uuid, unsigned version) {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0fU) | (version << 4U));
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3fU) | 0x80U);
}

}  // namespace

Uuid Uuid::generate(Random& random) {
  Uuid uuid;
  random.fill(uuid.bytes);
  mark(uuid, 4);
  return uuid;
}

Uuid Uuid::generate_ordered(Random& random, Timestamp now) {
  Uuid uuid;
  random.fill(uuid.bytes);
  auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = kTimeBytes; i > 0; --i, milliseconds >>= 8U) {
    uuid.bytes.at(i - 1) = static_cast<std::uint8_t>(milliseconds);
  }
  mark(uuid, 7);
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (!is_uuid(text)) return std::nullopt;
  std::array<char, 32> digits{};
  std::ranges::copy_if(text, digits.begin(), [](char c) { return c != '-'; });
  Uuid uuid;
  if (!from_hex({digits.data(), digits.size()}, uuid.bytes)) return std::nullopt;
  return uuid;
}

std::string Uuid::to_string() const {
  std::string text = to_hex(bytes);
  for (const auto position : kHyphens) text.insert(position, 1, '-');
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != kTextSize) return false;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_hyphen_position(i) ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return true;
}

}  // namespace assay

std::size_t std::hash<assay::Uuid>::operator()(const assay::Uuid& uuid) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, uuid.bytes.data(), sizeof(value));
  std::size_t rest = 0;
  std::memcpy(&rest, uuid.bytes.data() + sizeof(value), sizeof(rest));
  return value ^ (rest * 0x9e3779b97f4a7c15U);
}
