#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "secrets/identity_key.hpp"

namespace assay::secrets {

/// The identity under which the operator's own key opens what is sealed to it.
inline constexpr std::string_view kOperatorIdentity = "operator";

/// What one guess of a passphrase costs (Argon2id).
struct PassphraseCost {
  unsigned long long operations = 3;
  std::size_t memory = 256U << 20U;
};

/// The Ed25519 key of who may change a sealed file.
class OperatorKey {
 public:
  explicit OperatorKey(SigningKey key) : key_(std::move(key)) {}
  static OperatorKey generate(Random& random) { return OperatorKey(SigningKey::generate(random)); }

  /// Whether the text is one that a passphrase opens.
  static bool needs_passphrase(const SensitiveText& text);

  /// Reads either form; a newline at the end is ignored. Otherwise what is wrong, to follow the file's name in a
  /// sentence.
  static std::expected<OperatorKey, std::string> parse(const SensitiveText& text, const SensitiveText& passphrase);

  /// `assay-operator-1 plain SEED`, in base64url.
  SensitiveText to_text() const;
  /// `assay-operator-1 argon2id OPERATIONS MEMORY SALT BOX`: the seed's text, encrypted.
  SensitiveText to_text(const SensitiveText& passphrase, Random& random, PassphraseCost cost) const;

  const SigningKey& signing_key() const { return key_; }
  const VerifyingKey& verifying_key() const { return key_.verifying_key(); }

  /// The X25519 key that belongs to it.
  IdentityKey identity() const;

 private:
  SigningKey key_;
};

}  // namespace assay::secrets
