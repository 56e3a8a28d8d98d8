#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/configuration.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "secrets/azure_options.hpp"
#include "secrets/identity_key.hpp"
#include "secrets/provider.hpp"
#include "secrets/vault_options.hpp"

namespace assay::app {

/// Throw Refusal for settings that are missing or don't go together.
secrets::VaultOptions vault_options(const Configuration& configuration);
secrets::AzureOptions azure_options(const Configuration& configuration);

/// The key of that identity, from where secrets.identities says, systemd's credentials, or `folder`; nothing where
/// there is none. Throws Refusal for a file that can't be used.
std::optional<secrets::IdentityKey> find_identity(const Configuration& configuration,
                                                  const std::filesystem::path& folder, std::string_view identity);

/// Whether they are in files here, and not in a vault.
bool are_secrets_in_folder(const Configuration& configuration);

/// Throws Refusal with the way on when there is no sealed file in the folder.
void require_sealed_file(const std::filesystem::path& folder);

/// Where the parts of this process find their secrets, as the configuration says.
class SecretsPlace {
 public:
  /// Of all parts in one process, which makes its secrets at the first start when none are configured.
  static SecretsPlace of_serve(const Configuration& configuration, const std::filesystem::path& data_directory,
                               Random& random, const Clock& clock);
  /// Of a part alone. Throws Refusal when the configuration doesn't say where they are.
  static SecretsPlace of_part(const Configuration& configuration, const std::filesystem::path& data_directory,
                              std::string_view part, const Clock& clock);

  /// What the identity may read. Throws Refusal when the place can't be used.
  std::unique_ptr<secrets::Provider> open(std::string_view identity) const;
  /// What tells of all changes that this process can see.
  std::unique_ptr<secrets::Provider> open_for_changes() const;

 private:
  SecretsPlace(const Configuration& configuration, const std::filesystem::path& data_directory, bool is_of_all,
               const Clock& clock);

  bool is_sealed() const { return configuration_.text("secrets.provider") == "sealed"; }
  std::unique_ptr<secrets::Provider> open_sealed(std::string_view identity,
                                                 const std::filesystem::path& newest_file) const;

  const Configuration& configuration_;
  std::filesystem::path data_directory_;
  std::filesystem::path folder_;  ///< empty where secrets are in no folder
  bool is_of_all_;
  const Clock& clock_;
};

}  // namespace assay::app
