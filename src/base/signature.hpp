#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/sensitive.hpp"

namespace assay {

using Signature = std::array<std::uint8_t, 64>;

/// The public half of an Ed25519 key (RFC 8032).
struct VerifyingKey {
  std::array<std::uint8_t, 32> bytes{};

  bool verify(std::string_view message, const Signature& signature) const;

  /// Base64url of the 32 bytes; `parse` reads it back.
  std::string to_string() const;
  static std::optional<VerifyingKey> parse(std::string_view text);
};

/// An Ed25519 key that signs (RFC 8032), kept as its 32-byte seed in base64url.
class SigningKey {
 public:
  static SigningKey generate(Random& random);
  static std::optional<SigningKey> parse(const SensitiveText& seed);

  Signature sign(std::string_view message) const;
  const VerifyingKey& verifying_key() const { return verifying_key_; }
  SensitiveText seed() const;

 private:
  explicit SigningKey(std::string_view seed);

  SensitiveText secret_;
  VerifyingKey verifying_key_;
};

}  // namespace assay
