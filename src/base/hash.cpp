#include "base/hash.hpp"

// The functions that OpenSSL 3 recommends instead allocate for every digest and take five times as long for a short
// text.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <fstream>
#include <memory>
#include <vector>

#include "base/error.hpp"

namespace assay {

Bytes32 sha256(std::string_view data) { return sha256_of_parts({as_bytes(data)}); }

Bytes32 sha256_of_parts(std::initializer_list<std::span<const std::uint8_t>> parts) {
  SHA256_CTX state;
  SHA256_Init(&state);
  for (const auto part : parts) SHA256_Update(&state, part.data(), part.size());
  Bytes32 digest{};
  SHA256_Final(digest.data(), &state);
  return digest;
}

Bytes32 sha256_of_file(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::vector<char> buffer(std::size_t{1} << 20U);
  while (input) {
    input.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(input.gcount()));
  }
  if (!input.eof()) throw Refusal("the file " + file.string() + " can't be read");
  Bytes32 digest{};
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  return digest;
}

Bytes32 hmac_sha256(std::string_view key, std::string_view data) {
  Bytes32 mac{};
  unsigned size = 0;
  const auto bytes = as_bytes(data);
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), mac.data(), &size);
  return mac;
}

}  // namespace assay
