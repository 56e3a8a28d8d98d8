#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"

namespace assay::secrets {

/// Whether the text may name a secret or an identity: 1 to 64 of a-z, 0-9, '-' and '.'.
bool is_sealed_name(std::string_view name);

/// Encrypts a text so that only who has the secret half of an X25519 key reads it (libsodium's sealed box).
std::string seal_to(const Bytes32& public_key, const SensitiveText& text);

/// The X25519 key of one that secrets are sealed to, and the operator whose changes it believes.
class IdentityKey {
 public:
  IdentityKey(std::string name, SensitiveText secret_key, const VerifyingKey& operator_key);
  static IdentityKey generate(std::string name, const VerifyingKey& operator_key, Random& random);

  /// `assay-identity-1 NAME SECRET OPERATOR`, both keys in base64url; a newline at the end is ignored. Nothing for
  /// anything else.
  static std::optional<IdentityKey> parse(const SensitiveText& text);
  SensitiveText to_text() const;

  const std::string& name() const { return name_; }
  const Bytes32& public_key() const { return public_key_; }
  const VerifyingKey& operator_key() const { return operator_key_; }

  /// What was sealed to the public key; nothing for what wasn't.
  std::optional<SensitiveText> open(std::string_view sealed) const;

 private:
  std::string name_;
  SensitiveText secret_key_;  ///< the 32 bytes
  Bytes32 public_key_{};
  VerifyingKey operator_key_;
};

}  // namespace assay::secrets
