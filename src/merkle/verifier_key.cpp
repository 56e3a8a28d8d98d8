#include "merkle/verifier_key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/unicode.hpp"

namespace assay::merkle {

namespace {

constexpr std::uint8_t kEd25519 = 0x01;

/// The characters that Unicode calls white space, but for those that are control characters of ASCII.
constexpr std::array<std::string_view, 20> kSpaces{" ",
                                                   "\xc2\x85",
                                                   "\xc2\xa0",
                                                   "\xe1\x9a\x80",
                                                   "\xe2\x80\x80",
                                                   "\xe2\x80\x81",
                                                   "\xe2\x80\x82",
                                                   "\xe2\x80\x83",
                                                   "\xe2\x80\x84",
                                                   "\xe2\x80\x85",
                                                   "\xe2\x80\x86",
                                                   "\xe2\x80\x87",
                                                   "\xe2\x80\x88",
                                                   "\xe2\x80\x89",
                                                   "\xe2\x80\x8a",
                                                   "\xe2\x80\xa8",
                                                   "\xe2\x80\xa9",
                                                   "\xe2\x80\xaf",
                                                   "\xe2\x81\x9f",
                                                   "\xe3\x80\x80"};

std::string typed_key(const VerifyingKey& key) {
  std::string bytes(1, static_cast<char>(kEd25519));
  bytes.append(key.bytes.begin(), key.bytes.end());
  return bytes;
}

std::optional<VerifyingKey> parse_typed_key(std::string_view base64) {
  const auto bytes = from_base64(base64);
  VerifyingKey key;
  if (!bytes || bytes->size() != 1 + key.bytes.size()) return std::nullopt;
  std::ranges::copy(as_bytes(*bytes).subspan(1), key.bytes.begin());
  return key;
}

}  // namespace

bool is_key_name(std::string_view name) {
  const auto is_forbidden = [](char c) { return c == '+' || static_cast<unsigned char>(c) < 0x20; };
  const auto has = [name](std::string_view space) { return name.contains(space); };
  return !name.empty() && is_valid_utf8(name) && std::ranges::none_of(name, is_forbidden) &&
         std::ranges::none_of(kSpaces, has);
}

KeyId VerifierKey::id() const {
  const auto digest = sha256(fmt::format("{}\n{}", name, typed_key(key)));
  KeyId id{};
  std::ranges::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

std::string VerifierKey::to_string() const {
  return fmt::format("{}+{}+{}", name, to_hex(id()), to_base64(as_bytes(typed_key(key))));
}

std::optional<VerifierKey> VerifierKey::parse(std::string_view text) {
  const auto name_end = text.find('+');
  if (name_end == std::string_view::npos || !is_key_name(text.substr(0, name_end))) return std::nullopt;
  const auto id_end = text.find('+', name_end + 1);
  if (id_end == std::string_view::npos) return std::nullopt;
  const auto key = parse_typed_key(text.substr(id_end + 1));
  if (!key) return std::nullopt;
  VerifierKey parsed{.name = std::string(text.substr(0, name_end)), .key = *key};
  // Type and id are right when the key's one spelling has them.
  if (parsed.to_string() != text) return std::nullopt;
  return parsed;
}

}  // namespace assay::merkle
