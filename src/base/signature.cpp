#include "base/signature.hpp"

#include <sodium.h>

#include <algorithm>
#include <span>

#include "base/bytes.hpp"

namespace assay {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

bool VerifyingKey::verify(std::string_view message, const Signature& signature) const {
  return crypto_sign_verify_detached(signature.data(), bytes_of(message), message.size(), bytes.data()) == 0;
}

std::string VerifyingKey::to_string() const { return to_base64url(bytes); }

std::optional<VerifyingKey> VerifyingKey::parse(std::string_view text) {
  const auto decoded = from_base64url(text);
  VerifyingKey key;
  if (!decoded || decoded->size() != key.bytes.size()) return std::nullopt;
  std::ranges::copy(as_bytes(*decoded), key.bytes.begin());
  return key;
}

SigningKey::SigningKey(std::string_view seed) {
  secret_ = SensitiveText::filled(crypto_sign_SECRETKEYBYTES, [&](std::span<std::uint8_t> out) {
    crypto_sign_seed_keypair(verifying_key_.bytes.data(), out.data(), bytes_of(seed));
  });
}

SigningKey SigningKey::generate(Random& random) {
  const auto fill = [&random](std::span<std::uint8_t> out) { random.fill(out); };
  return SigningKey(SensitiveText::filled(crypto_sign_SEEDBYTES, fill).reveal());
}

std::optional<SigningKey> SigningKey::parse(const SensitiveText& seed) {
  auto decoded = from_base64url(seed.reveal());
  if (!decoded) return std::nullopt;
  const SensitiveText bytes(std::move(*decoded));
  if (bytes.reveal().size() != crypto_sign_SEEDBYTES) return std::nullopt;
  return SigningKey(bytes.reveal());
}

Signature SigningKey::sign(std::string_view message) const {
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes_of(message), message.size(), bytes_of(secret_.reveal()));
  return signature;
}

SensitiveText SigningKey::seed() const {
  return SensitiveText(to_base64url(as_bytes(secret_.reveal().substr(0, crypto_sign_SEEDBYTES))));
}

}  // namespace assay
