#include "patients/cursor.hpp"

#include "base/hash.hpp"
#include "base/seal.hpp"
#include "patients/caller.hpp"

namespace assay::patients {

namespace {

constexpr std::size_t kDayBytes = 4;
constexpr std::size_t kRowBytes = 8;
constexpr std::string_view kKeyLabel = "assay.search.cursor";

void append_big_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (auto shift = bytes * 8; shift > 0; shift -= 8) out.push_back(static_cast<char>(value >> (shift - 8)));
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8U) | static_cast<unsigned char>(byte);
  return value;
}

Position read_position(std::string_view bytes) {
  const auto day = static_cast<std::int32_t>(read_big_endian(bytes.substr(0, kDayBytes)));
  const auto row = static_cast<std::int64_t>(read_big_endian(bytes.substr(kDayBytes, kRowBytes)));
  return {.birth_day = std::chrono::sys_days(std::chrono::days(day)), .row = row};
}

Bytes32 sealing_key(const SensitiveText& key) { return hmac_sha256(key.reveal(), kKeyLabel); }

std::string framed(const CursorScope& scope) {
  std::string text;
  append_framed(text, scope.criteria);
  append_caller(text, scope.context);
  return text;
}

}  // namespace

std::string encode_cursor(const Position& position, const CursorScope& scope, const SensitiveText& key,
                          Random& random) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::uint32_t>(position.birth_day.time_since_epoch().count()), kDayBytes);
  append_big_endian(bytes, static_cast<std::uint64_t>(position.row), kRowBytes);
  return to_base64url(as_bytes(seal(bytes, framed(scope), sealing_key(key), random)));
}

std::optional<Position> decode_cursor(std::string_view cursor, const CursorScope& scope,
                                      const std::vector<SensitiveText>& keys) {
  const auto sealed = from_base64url(cursor);
  if (!sealed) return std::nullopt;
  for (const auto& key : keys) {
    const auto bytes = unseal(*sealed, framed(scope), sealing_key(key));
    if (bytes && bytes->size() == kDayBytes + kRowBytes) return read_position(*bytes);
  }
  return std::nullopt;
}

}  // namespace assay::patients
