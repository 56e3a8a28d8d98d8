#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "secrets/identity_key.hpp"
#include "secrets/operator_key.hpp"
#include "secrets/sealed_change.hpp"
#include "secrets/sealed_document.hpp"

namespace assay::secrets {

/// What the tests of sealed files start from: an operator and two identities.
struct SealedWorld {
  SystemRandom random;
  OperatorKey key = OperatorKey::generate(random);
  IdentityKey gateway = IdentityKey::generate("gateway", key.verifying_key(), random);
  IdentityKey audit = IdentityKey::generate("audit", key.verifying_key(), random);
  SealedAuthor anna{.name = "anna", .at = Timestamp(std::chrono::seconds(1764000000))};
  SealedDocument document = new_sealed_document(
      key.verifying_key(), {{"gateway", gateway.public_key()}, {"audit", audit.public_key()}}, anna);

  std::string set(std::string_view name, std::string value, std::vector<std::string> readers) {
    return set_secret(document,
                      {.secret = name, .value = SensitiveText(std::move(value)), .readers = std::move(readers)}, anna);
  }
  SealedDocument read_again() const {
    return parse_sealed_document(to_text(document, key), key.verifying_key()).value();
  }
};

/// The values, newest first; or the fault alone.
inline std::vector<std::string> values_of(const std::expected<Secret, std::string>& secret) {
  if (!secret) return {secret.error()};
  std::vector<std::string> values;
  for (const auto& version : secret->versions) values.emplace_back(version.value.reveal());
  return values;
}

}  // namespace assay::secrets
