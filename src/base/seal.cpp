#include "base/seal.hpp"

#include <sodium.h>

namespace assay {

namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string seal(std::string_view text, std::string_view associated, const Bytes32& key, Random& random) {
  std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
  random.fill({bytes_of(sealed), kNonceBytes});
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kNonceBytes, nullptr, as_bytes(text).data(),
                                             text.size(), as_bytes(associated).data(), associated.size(), nullptr,
                                             bytes_of(sealed), key.data());
  return sealed;
}

std::optional<std::string> unseal(std::string_view sealed, std::string_view associated, const Bytes32& key) {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const auto nonce = as_bytes(sealed).first(kNonceBytes);
  const auto encrypted = as_bytes(sealed).subspan(kNonceBytes);
  std::string text(encrypted.size() - kTagBytes, '\0');
  const bool genuine = crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(text), nullptr, nullptr, encrypted.data(),
                                                                  encrypted.size(), as_bytes(associated).data(),
                                                                  associated.size(), nonce.data(), key.data()) == 0;
  return genuine ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace assay
