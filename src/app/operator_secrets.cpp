#include "app/operator_secrets.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "app/hidden_input.hpp"
#include "app/secrets_place.hpp"
#include "base/error.hpp"
#include "secrets/azure_provider.hpp"
#include "secrets/credential_file.hpp"
#include "secrets/grants.hpp"
#include "secrets/part_folders.hpp"
#include "secrets/sealed_provider.hpp"
#include "secrets/vault_provider.hpp"

namespace assay::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockName = "lock";

Refusal no_secrets_in(const fs::path& folder) {
  return Refusal(
      fmt::format("there are no secrets in {}: say with --dir where they are, or make them with assay secrets init",
                  folder.string()));
}

}  // namespace

fs::path OperatorSecrets::folder_of(const Configuration& configuration) {
  const auto configured = configuration.path("secrets.dir");
  return configured.empty() ? configuration.path("data_dir") / "secrets" : configured;
}

OperatorSecrets::OperatorSecrets(const Configuration& configuration, Passphrase passphrase, const Clock& clock)
    : configuration_(configuration),
      kind_(configuration.text("secrets.provider")),
      folder_(folder_of(configuration)),
      passphrase_(std::move(passphrase)),
      clock_(clock) {
  if (kind_ == "folder" && !fs::is_directory(folder_)) throw no_secrets_in(folder_);
  if (kind_ == "sealed") require_sealed_file(folder_);
}

std::unique_ptr<secrets::Provider> OperatorSecrets::open_for_reading() const {
  if (kind_ == "vault") return std::make_unique<secrets::VaultProvider>(vault_options(configuration_), clock_);
  if (kind_ == "azure") return std::make_unique<secrets::AzureProvider>(azure_options(configuration_), clock_);
  if (kind_ == "folder") return std::make_unique<secrets::PartFolders>(folder_);
  auto keys = identities();
  if (keys.empty()) return make_store();
  return std::make_unique<secrets::SealedProvider>(sealed_file(), std::move(keys.front()), fs::path());
}

std::unique_ptr<secrets::Provider> OperatorSecrets::open_for_reading(std::string_view name) const {
  if (kind_ != "sealed") return open_for_reading();
  const auto who = readers(name).value();
  for (auto& key : identities()) {
    if (std::ranges::find(who, key.name()) == who.end()) continue;
    return std::make_unique<secrets::SealedProvider>(sealed_file(), std::move(key), fs::path());
  }
  return make_store();
}

secrets::Provider& OperatorSecrets::open_for_change() {
  // The lock is for the change alone, not for the question for a passphrase.
  changed_ = kind_ == "sealed" ? make_store() : open_for_reading();
  if (are_secrets_in_folder(configuration_)) lock_.emplace(folder_ / kLockName);
  return *changed_;
}

secrets::SealedStore& OperatorSecrets::open_for_grants() {
  if (kind_ == "folder") {
    throw Refusal(
        fmt::format("who reads what in {} is decided by whom the folder of a part is given to", folder_.string()));
  }
  if (kind_ != "sealed") {
    throw Refusal("who reads what is decided in the vault itself; assay secrets policy prints what each part needs");
  }
  auto store = make_store();
  auto& opened = *store;
  changed_ = std::move(store);
  lock_.emplace(folder_ / kLockName);
  return opened;
}

std::unique_ptr<secrets::SealedStore> OperatorSecrets::make_store() const {
  return std::make_unique<secrets::SealedStore>(sealed_file(), operator_key(), identities(),
                                                folder_ / "operator.newest-secrets", clock_);
}

std::optional<secrets::SealedDocument> OperatorSecrets::document() const {
  if (kind_ != "sealed") return std::nullopt;
  const auto keys = identities();
  return secrets::read_sealed_file(sealed_file(),
                                   keys.empty() ? operator_key().verifying_key() : keys.front().operator_key());
}

const secrets::OperatorKey& OperatorSecrets::operator_key() const {
  if (!operator_key_) operator_key_ = secrets::read_operator_key(folder_ / secrets::kOperatorKeyName, passphrase_);
  return *operator_key_;
}

std::vector<secrets::IdentityKey> OperatorSecrets::identities() const {
  std::vector<secrets::IdentityKey> keys;
  for (const auto identity : secrets::kIdentities) {
    if (auto key = find_identity(configuration_, folder_, identity)) keys.push_back(std::move(*key));
  }
  return keys;
}

std::optional<std::vector<std::string>> OperatorSecrets::readers(std::string_view name) const {
  if (kind_ == "folder") return secrets::PartFolders(folder_).readers(name);
  const auto sealed = document();
  if (!sealed) return std::nullopt;
  const auto found = sealed->secrets.find(name);
  if (found == sealed->secrets.end()) return std::vector<std::string>();
  auto readers = found->second.readers;
  std::erase(readers, secrets::kOperatorIdentity);
  return readers;
}

OperatorSecrets::Passphrase passphrase_from(const std::string& file) {
  return [file]() -> SensitiveText {
    if (!file.empty()) return secrets::read_credential_file(file, secrets::FileReaders::kOwnerAndGroup);
    if (::isatty(STDIN_FILENO) != 0) return ask_hidden("Passphrase of the operator's key");
    throw Refusal("the operator's key needs its passphrase: --passphrase-file FILE names a file that holds it");
  };
}

}  // namespace assay::app
