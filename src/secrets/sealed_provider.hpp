#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "secrets/identity_key.hpp"
#include "secrets/newest_seen.hpp"
#include "secrets/provider.hpp"
#include "secrets/sealed_document.hpp"

namespace assay::secrets {

inline constexpr std::size_t kLargestSealedFile = 16U << 20U;

/// For sentences.
std::string place_of_sealed_file(const std::filesystem::path& file);

/// The document in a file of mode 0600 that the operator signed. Throws Refusal with a sentence that names the file.
SealedDocument read_sealed_file(const std::filesystem::path& file, const VerifyingKey& operator_key);

/// Newest first; throws Refusal for a secret that isn't there.
std::vector<VersionNote> notes_of(const SealedDocument& document, std::string_view secret, std::string_view place);

/// The name of each secret.
std::vector<std::string> names_of(const SealedDocument& document);

/// What the operator did.
std::vector<SecretChange> changes_of(const SealedDocument& document);

/// A sealed file as a part reads it: what is granted to one identity.
class SealedProvider final : public Provider {
 public:
  /// `newest_file` keeps the number of the newest file that was ever seen, so that an older one is refused; when its
  /// path is empty, that is known while this object lives.
  SealedProvider(std::filesystem::path file, IdentityKey identity, std::filesystem::path newest_file);

  std::string place() const override;
  Secret read(std::string_view name) override;
  std::vector<std::string> names() override;
  std::vector<VersionNote> versions(std::string_view name) override;
  std::vector<SecretChange> changes() override;
  /// Throws Refusal: an operator does that.
  std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) override;

 private:
  std::shared_ptr<const SealedDocument> document();

  std::filesystem::path file_;
  IdentityKey identity_;

  std::mutex mutex_;
  NewestSeen newest_;
  Bytes32 hash_{};  ///< of the text that `document_` was read from
  std::shared_ptr<const SealedDocument> document_;
};

}  // namespace assay::secrets
