#include "patients/cursor.hpp"

#include "base/hash.hpp"
#include "patients/caller.hpp"

namespace assay::patients {

namespace {

constexpr std::size_t kDayBytes = 4;
constexpr std::size_t kRowBytes = 8;
constexpr std::size_t kPositionBytes = kDayBytes + kRowBytes;
constexpr std::size_t kCursorBytes = kPositionBytes + std::tuple_size_v<Bytes32>;

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

}  // namespace

std::string encode_cursor(const Position& position, const CursorScope& scope, const SensitiveText& key) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::uint32_t>(position.birth_day.time_since_epoch().count()), kDayBytes);
  append_big_endian(bytes, static_cast<std::uint64_t>(position.row), kRowBytes);
  auto authenticated = bytes;
  append_framed(authenticated, scope.criteria);
  append_caller(authenticated, scope.context);
  const auto mac = hmac_sha256(key.reveal(), authenticated);
  bytes.append(mac.begin(), mac.end());
  return to_base64url(as_bytes(bytes));
}

std::optional<Position> decode_cursor(std::string_view cursor, const CursorScope& scope, const SensitiveText& key) {
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() != kCursorBytes) return std::nullopt;
  const auto position = read_position(*bytes);
  if (!equal_in_constant_time(encode_cursor(position, scope, key), cursor)) return std::nullopt;
  return position;
}

}  // namespace assay::patients
