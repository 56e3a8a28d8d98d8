#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"

namespace assay {

/// Encrypts `text` with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a nonce of its own, so that nobody
/// without the key reads it or changes it or `associated`, which is not part of the result. The result is the nonce
/// (24 bytes), the text encrypted, and the tag (16 bytes).
std::string seal(std::string_view text, std::string_view associated, const Bytes32& key, Random& random);

/// The text again; nothing for what was not sealed with that key and `associated`.
std::optional<std::string> unseal(std::string_view sealed, std::string_view associated, const Bytes32& key);

}  // namespace assay
