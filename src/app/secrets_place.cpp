#include "app/secrets_place.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "app/operator_door.hpp"
#include "base/error.hpp"
#include "secrets/azure_provider.hpp"
#include "secrets/directory.hpp"
#include "secrets/folder_provider.hpp"
#include "secrets/grants.hpp"
#include "secrets/part_folders.hpp"
#include "secrets/sealed_provider.hpp"
#include "secrets/sealed_store.hpp"
#include "secrets/vault_provider.hpp"

namespace assay::app {

namespace {

namespace fs = std::filesystem;

const std::string& required(const Configuration& configuration, std::string_view key) {
  const auto& value = configuration.text(key);
  if (value.empty())
    throw Refusal(fmt::format("{} must be set to use the provider of secrets that is configured", key));
  return value;
}

std::string text_or(const Configuration& configuration, std::string_view key, std::string otherwise) {
  const auto& value = configuration.text(key);
  if (value.empty()) return otherwise;
  return value;
}

std::string environment_of_platform(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

secrets::VaultLogin vault_login(const Configuration& configuration) {
  const auto& way = configuration.text("vault.login");
  if (way == "approle") {
    return secrets::VaultAppRole{.mount = text_or(configuration, "vault.login_mount", "approle"),
                                 .role_id = required(configuration, "vault.role"),
                                 .secret_id_file = required(configuration, "vault.credential_file")};
  }
  if (way == "kubernetes") {
    secrets::VaultKubernetes login{.role = required(configuration, "vault.role")};
    login.mount = text_or(configuration, "vault.login_mount", login.mount);
    login.token_file = text_or(configuration, "vault.credential_file", login.token_file);
    return login;
  }
  return secrets::VaultTokenFile{.file = required(configuration, "vault.credential_file")};
}

secrets::AzureLogin azure_login(const Configuration& configuration) {
  if (configuration.text("azure.login") == "client-credentials") {
    return secrets::AzureClientCredentials{.tenant = required(configuration, "azure.tenant"),
                                           .client_id = required(configuration, "azure.client_id"),
                                           .secret_file = required(configuration, "azure.client_secret_file"),
                                           .authority = configuration.text("azure.authority")};
  }
  return secrets::AzureManagedIdentity{.client_id = configuration.text("azure.client_id"),
                                       .endpoint = environment_of_platform("IDENTITY_ENDPOINT"),
                                       .header = SensitiveText(environment_of_platform("IDENTITY_HEADER")),
                                       .metadata_service = configuration.text("azure.metadata_service")};
}

struct IdentityPlace {
  fs::path file;
  bool is_credential = false;  ///< which systemd may show to a group
};

IdentityPlace identity_place(const Configuration& configuration, const fs::path& folder, std::string_view identity) {
  const auto name = secrets::identity_file_name(identity);
  const fs::path credentials = environment_of_platform("CREDENTIALS_DIRECTORY");
  const auto named = configuration.path("secrets.identities");
  if (!named.empty()) return {.file = named / name, .is_credential = named == credentials};
  if (!credentials.empty() && fs::exists(credentials / name))
    return {.file = credentials / name, .is_credential = true};
  return {.file = folder / name, .is_credential = false};
}

/// What builds before the sealed file left, and what a folder of files is by its looks.
bool holds_plain_files(const fs::path& folder) {
  const auto has_files = [](const fs::path& place) {
    return fs::exists(place / "principal-key") || fs::exists(place / "principal-key.pub");
  };
  return has_files(folder) || has_files(folder / secrets::kGateway);
}

}  // namespace

bool are_secrets_in_folder(const Configuration& configuration) {
  const auto& provider = configuration.text("secrets.provider");
  return provider == "sealed" || provider == "folder";
}

secrets::VaultOptions vault_options(const Configuration& configuration) {
  return {.address = required(configuration, "vault.address"),
          .ca_file = configuration.path("vault.ca_file"),
          .name_space = configuration.text("vault.namespace"),
          .place = {.mount = configuration.text("vault.mount"), .prefix = configuration.text("vault.prefix")},
          .login = vault_login(configuration)};
}

secrets::AzureOptions azure_options(const Configuration& configuration) {
  return {.vault = required(configuration, "azure.vault"),
          .ca_file = configuration.path("azure.ca_file"),
          .resource = configuration.text("azure.resource"),
          .login = azure_login(configuration)};
}

void require_sealed_file(const fs::path& folder) {
  if (fs::exists(folder / secrets::kSealedFileName)) return;
  if (holds_plain_files(folder)) {
    throw Refusal(
        fmt::format("{} holds secrets as plain files: set secrets.provider to folder to use them, or make a sealed "
                    "file with assay secrets init",
                    folder.string()));
  }
  throw Refusal(
      fmt::format("there is no {} in {}: say with secrets.dir (--dir) where it is, or make one with assay secrets init",
                  secrets::kSealedFileName, folder.string()));
}

std::optional<secrets::IdentityKey> find_identity(const Configuration& configuration, const fs::path& folder,
                                                  std::string_view identity) {
  const auto place = identity_place(configuration, folder, identity);
  if (!fs::exists(place.file)) return std::nullopt;
  auto key = secrets::read_identity_key(place.file, place.is_credential);
  if (key.name() != identity) {
    throw Refusal(fmt::format("{} is the key of {}, not of {}; put the right one there", place.file.string(),
                              key.name(), identity));
  }
  return key;
}

SecretsPlace::SecretsPlace(const Configuration& configuration, const fs::path& data_directory, bool is_of_all,
                           const Clock& clock)
    : configuration_(configuration),
      data_directory_(data_directory),
      folder_(configuration.path("secrets.dir")),
      is_of_all_(is_of_all),
      clock_(clock) {}

SecretsPlace SecretsPlace::of_serve(const Configuration& configuration, const fs::path& data_directory, Random& random,
                                    const Clock& clock) {
  SecretsPlace place(configuration, data_directory, true, clock);
  if (!are_secrets_in_folder(configuration) || !place.folder_.empty()) return place;
  place.folder_ = data_directory / "secrets";
  if (fs::exists(place.folder_)) return place;
  if (configuration.text("secrets.provider") == "folder") {
    secrets::initialise(place.folder_, random);
  } else {
    secrets::initialise_sealed({.folder = place.folder_, .made_by = current_operator().name}, random, clock);
  }
  return place;
}

SecretsPlace SecretsPlace::of_part(const Configuration& configuration, const fs::path& data_directory,
                                   std::string_view part, const Clock& clock) {
  if (are_secrets_in_folder(configuration) && configuration.text("secrets.dir").empty()) {
    throw Refusal(fmt::format(
        "assay {} needs --secrets DIR, the folder with its secrets, which assay secrets init --dir DIR makes", part));
  }
  return {configuration, data_directory, false, clock};
}

std::unique_ptr<secrets::Provider> SecretsPlace::open(std::string_view identity) const {
  const auto& provider = configuration_.text("secrets.provider");
  if (provider == "vault") return std::make_unique<secrets::VaultProvider>(vault_options(configuration_), clock_);
  if (provider == "azure") return std::make_unique<secrets::AzureProvider>(azure_options(configuration_), clock_);
  if (is_sealed()) {
    return open_sealed(identity, data_directory_ / fmt::format("{}.newest-secrets", identity));
  }
  return std::make_unique<secrets::FolderProvider>(is_of_all_ ? folder_ / identity : folder_);
}

std::unique_ptr<secrets::Provider> SecretsPlace::open_for_changes() const {
  if (configuration_.text("secrets.provider") == "folder" && is_of_all_) {
    return std::make_unique<secrets::PartFolders>(folder_);
  }
  // The newest number is kept by the one that reads the secrets.
  return is_sealed() ? open_sealed(secrets::kAudit, {}) : open(secrets::kAudit);
}

std::unique_ptr<secrets::Provider> SecretsPlace::open_sealed(std::string_view identity,
                                                             const fs::path& newest_file) const {
  require_sealed_file(folder_);
  auto key = find_identity(configuration_, folder_, identity);
  if (!key) {
    throw Refusal(fmt::format("there is no {}, the key that opens the secrets of assay {}; put it there",
                              identity_place(configuration_, folder_, identity).file.string(), identity));
  }
  return std::make_unique<secrets::SealedProvider>(folder_ / secrets::kSealedFileName, std::move(*key), newest_file);
}

}  // namespace assay::app
