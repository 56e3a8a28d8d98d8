#include "secrets/making.hpp"

#include <sodium.h>

#include <algorithm>

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

bool is_made_first(const Grant& grant) { return grant.making != Making::kGiven && grant.making != Making::kDerived; }

std::vector<std::string> make_missing(Provider& provider, std::string_view changed_by, Random& random) {
  const auto there = provider.names();
  const auto has = [&there](std::string_view name) { return std::ranges::find(there, name) != there.end(); };
  std::vector<std::string> made;
  for (const auto& grant : grants()) {
    if (!is_made_first(grant) || (has(grant.name) && (grant.derived.empty() || has(grant.derived)))) continue;
    const auto value = has(grant.name) ? provider.read(grant.name).newest().value : make_value(grant, random);
    if (!grant.derived.empty()) {
      provider.write(grant.derived, SensitiveText(to_text({listed_key(grant, value)}, key_form(grant))), changed_by);
    }
    if (!has(grant.name)) provider.write(grant.name, value, changed_by);
    made.emplace_back(grant.name);
  }
  return made;
}

ListedKey listed_key(const Grant& grant, const SensitiveText& value) {
  if (grant.making != Making::kSigningKey) return {.bytes = sha256(value.reveal()), .superseded = std::nullopt};
  return {.bytes = SigningKey::parse(value).value().verifying_key().bytes, .superseded = std::nullopt};
}

KeyForm key_form(const Grant& grant) {
  return grant.making == Making::kSigningKey ? KeyForm::kBase64url : KeyForm::kHex;
}

}  // namespace assay::secrets
