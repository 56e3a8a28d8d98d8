#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/credential_file.hpp"
#include "secrets/grants.hpp"
#include "secrets/making.hpp"
#include "secrets/new_folder.hpp"
#include "secrets/sealed_store.hpp"

namespace assay::secrets {

namespace {

constexpr std::size_t kLargestKeyFile = 4096;

/// Writes the key of each identity and returns their public halves.
std::map<std::string, Bytes32, std::less<>> write_identities(const std::filesystem::path& folder,
                                                             const OperatorKey& key, Random& random) {
  std::map<std::string, Bytes32, std::less<>> identities;
  for (const auto name : kIdentities) {
    const auto identity = IdentityKey::generate(std::string(name), key.verifying_key(), random);
    write_private_file(folder / identity_file_name(name), identity.to_text().reveal());
    identities.emplace(name, identity.public_key());
  }
  identities.emplace(kOperatorIdentity, key.identity().public_key());
  return identities;
}

void make_secrets(SealedDocument& document, const SealedAuthor& by, Random& random) {
  for (const auto& grant : grants()) {
    if (!is_made_first(grant)) continue;
    const auto value = make_value(grant, random);
    set_granted_secret(document, grant.name, value, by);
    if (grant.derived.empty()) continue;
    const SensitiveText list(to_text({listed_key(grant, value)}, key_form(grant)));
    set_granted_secret(document, grant.derived, list, by);
  }
}

void write_all(const std::filesystem::path& folder, const SealedMaking& making, Random& random, const Clock& clock) {
  const auto key = OperatorKey::generate(random);
  const auto key_text = making.passphrase.empty() ? key.to_text() : key.to_text(making.passphrase, random, making.cost);
  write_private_file(folder / kOperatorKeyName, key_text.reveal());
  const SealedAuthor by{.name = making.made_by, .at = clock.now()};
  auto document = new_sealed_document(key.verifying_key(), write_identities(folder, key, random), by);
  make_secrets(document, by, random);
  write_private_file(folder / kSealedFileName, to_text(document, key));
}

SensitiveText read_key_file(const std::filesystem::path& file) {
  return SensitiveText(read_private_file(file, kLargestKeyFile));
}

}  // namespace

std::string identity_file_name(std::string_view identity) { return fmt::format("{}.identity", identity); }

void initialise_sealed(const SealedMaking& making, Random& random, const Clock& clock) {
  make_new_folder(making.folder, [&](const std::filesystem::path& draft) { write_all(draft, making, random, clock); });
}

IdentityKey read_identity_key(const std::filesystem::path& file, bool may_group_read) {
  auto key = IdentityKey::parse(may_group_read ? read_credential_file(file, FileReaders::kOwnerAndGroup)
                                               : read_key_file(file));
  if (!key) throw Refusal(fmt::format("{} holds no identity's key; put a copy of it back", file.string()));
  return std::move(*key);
}

OperatorKey read_operator_key(const std::filesystem::path& file, const std::function<SensitiveText()>& ask) {
  const auto text = read_key_file(file);
  auto key = OperatorKey::parse(text, OperatorKey::needs_passphrase(text) ? ask() : SensitiveText());
  if (!key) throw Refusal(fmt::format("{} {}", file.string(), key.error()));
  return std::move(*key);
}

}  // namespace assay::secrets
