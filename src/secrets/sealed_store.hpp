#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "secrets/newest_seen.hpp"
#include "secrets/operator_key.hpp"
#include "secrets/provider.hpp"
#include "secrets/sealed_change.hpp"
#include "secrets/sealed_document.hpp"

namespace assay::secrets {

/// A sealed file as the operator changes it. Each change reads the file, signs the new one and puts it in its place,
/// durably, under a lock beside it, so that of two commands neither undoes the other's; on any fault the file stays as
/// it was.
class SealedStore final : public Provider {
 public:
  /// `openers` are the identities' keys that the operator has, if any. Without them the operator reads what is sealed
  /// to the operator's own: hashes and public keys.
  /// `newest_file` keeps what the newest file was, so that no change is made of an older one; its path may be empty.
  SealedStore(std::filesystem::path file, OperatorKey key, std::vector<IdentityKey> openers,
              std::filesystem::path newest_file, const Clock& clock);

  std::string place() const override;
  Secret read(std::string_view name) override;
  std::vector<std::string> names() override;
  std::vector<VersionNote> versions(std::string_view name) override;
  std::vector<SecretChange> changes() override;
  /// For the readers that the secret has, or those of its grant when it is new.
  std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) override;

  /// Returns whether the identity can read the newest version; otherwise it reads from the next one on.
  bool grant(std::string_view name, std::string_view identity, std::string_view changed_by);
  /// The identity may have kept the value: make a new one then.
  void revoke(std::string_view name, std::string_view identity, std::string_view changed_by);

  /// Who reads what, and what was changed.
  SealedDocument document();

 private:
  void change(const std::function<void(SealedDocument&)>& edit);
  SealedAuthor author(std::string_view name) const { return {.name = std::string(name), .at = clock_.now()}; }

  std::filesystem::path file_;
  OperatorKey key_;
  std::vector<IdentityKey> openers_;
  NewestSeen newest_;
  const Clock& clock_;
};

/// The files that `initialise_sealed` makes.
inline constexpr std::string_view kSealedFileName = "secrets.sealed";
inline constexpr std::string_view kOperatorKeyName = "operator.key";
std::string identity_file_name(std::string_view identity);

struct SealedMaking {
  std::filesystem::path folder;
  SensitiveText passphrase = {};  ///< of the operator's key; empty leaves that unencrypted
  std::string made_by;
  PassphraseCost cost = {};
};

/// Makes a folder with the operator's key, the key of each identity, and a sealed file of all secrets that assay makes
/// itself. All or nothing; throws Refusal when the folder exists and isn't empty, or can't be made.
void initialise_sealed(const SealedMaking& making, Random& random, const Clock& clock);

/// Reads the key of an identity from a file of mode 0600, or one that a group may read too, as systemd makes it. Throws
/// Refusal with a sentence that names it.
IdentityKey read_identity_key(const std::filesystem::path& file, bool may_group_read = false);

/// Reads the operator's key from a file of mode 0600; `ask` gives the passphrase when one is needed. Throws Refusal
/// with a sentence that names it.
OperatorKey read_operator_key(const std::filesystem::path& file, const std::function<SensitiveText()>& ask);

}  // namespace assay::secrets
