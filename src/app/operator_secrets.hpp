#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/configuration.hpp"
#include "base/clock.hpp"
#include "base/sensitive.hpp"
#include "secrets/change_lock.hpp"
#include "secrets/provider.hpp"
#include "secrets/sealed_document.hpp"
#include "secrets/sealed_store.hpp"

namespace assay::app {

/// The secrets of all parts as their operator's commands see them.
class OperatorSecrets {
 public:
  /// Gives the passphrase of the operator's key, or throws Refusal.
  using Passphrase = std::function<SensitiveText()>;

  /// Throws Refusal where there are no secrets.
  OperatorSecrets(const Configuration& configuration, Passphrase passphrase, const Clock& clock);

  /// Where the secrets are in a folder: DATA_DIR/secrets unless secrets.dir says otherwise.
  static std::filesystem::path folder_of(const Configuration& configuration);

  /// For what needs no more than the keys of identities that are here.
  std::unique_ptr<secrets::Provider> open_for_reading() const;
  /// The same of one that can read the secret.
  std::unique_ptr<secrets::Provider> open_for_reading(std::string_view name) const;
  /// For changes, which one after the other may make while this object lives.
  secrets::Provider& open_for_change();
  /// Throws Refusal when who may read what isn't decided here.
  secrets::SealedStore& open_for_grants();
  /// Nothing where there is no sealed file.
  std::optional<secrets::SealedDocument> document() const;
  /// The identities that can read the secret; nothing where a vault decides.
  std::optional<std::vector<std::string>> readers(std::string_view name) const;

 private:
  std::filesystem::path sealed_file() const { return folder_ / secrets::kSealedFileName; }
  /// Asks for the passphrase at the first call.
  const secrets::OperatorKey& operator_key() const;
  std::unique_ptr<secrets::SealedStore> make_store() const;
  std::vector<secrets::IdentityKey> identities() const;

  const Configuration& configuration_;
  std::string kind_;
  std::filesystem::path folder_;
  Passphrase passphrase_;
  const Clock& clock_;
  mutable std::optional<secrets::OperatorKey> operator_key_;
  std::optional<secrets::ChangeLock> lock_;
  std::unique_ptr<secrets::Provider> changed_;
};

/// From the file where one is named, else asked for on the terminal.
OperatorSecrets::Passphrase passphrase_from(const std::string& file);

}  // namespace assay::app
