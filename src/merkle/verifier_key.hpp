#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/signature.hpp"

namespace assay::merkle {

/// With its name, what a signature says of the key that made it: the first bytes of a hash of both. Not unique against
/// somebody who wants two keys to share it.
using KeyId = std::array<std::uint8_t, 4>;

/// Whether a key may be called so: UTF-8 without spaces, control characters or plus, and not empty.
bool is_key_name(std::string_view name);

/// A named Ed25519 key that notes are verified with (C2SP signed-note).
struct VerifierKey {
  std::string name;
  VerifyingKey key;

  KeyId id() const;

  /// As published: the name, the id in hexadecimal, and type and key in base64, joined by plus.
  std::string to_string() const;
  /// Reads what `to_string` makes of a key with a valid name; nothing for anything else, such as an id that is not the
  /// key's or a key of another type.
  static std::optional<VerifierKey> parse(std::string_view text);
};

}  // namespace assay::merkle
