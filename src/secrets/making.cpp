#include "secrets/making.hpp"

#include <sodium.h>

#include "base/hash.hpp"
#include "base/signature.hpp"

namespace assay::secrets {

SensitiveText make_value(const Grant& grant, Random& random) {
  if (grant.making == Making::kSigningKey) return SigningKey::generate(random).seed();
  Bytes32 bytes{};
  random.fill(bytes);
  SensitiveText value(to_base64url(bytes));
  sodium_memzero(bytes.data(), bytes.size());
  return value;
}

ListedKey listed_key(const Grant& grant, const SensitiveText& value) {
  if (grant.making != Making::kSigningKey) return {.bytes = sha256(value.reveal()), .superseded = std::nullopt};
  return {.bytes = SigningKey::parse(value).value().verifying_key().bytes, .superseded = std::nullopt};
}

KeyForm key_form(const Grant& grant) {
  return grant.making == Making::kSigningKey ? KeyForm::kBase64url : KeyForm::kHex;
}

}  // namespace assay::secrets
