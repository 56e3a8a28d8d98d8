#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/signature.hpp"
#include "secrets/identity_key.hpp"
#include "secrets/operator_key.hpp"
#include "secrets/provider.hpp"

namespace assay::secrets {

/// A version of a secret, a copy for each reader that it alone opens.
struct SealedVersion {
  VersionNote note;
  std::map<std::string, std::string, std::less<>> copies;  ///< by identity: a sealed box
};

struct SealedSecret {
  std::vector<std::string> readers;    ///< identities, sorted
  std::deque<SealedVersion> versions;  ///< newest first
};

/// What an operator did.
struct SealedChange {
  std::uint64_t sequence = 0;
  std::string at = {};  ///< RFC 3339
  std::string by = {};
  std::string operation = {};  ///< init, set, rotate, grant or revoke
  std::string secret = {};     ///< empty for init
  std::string version = {};    ///< that it made; empty when none
  std::string identity = {};   ///< of grant and revoke
};

/// The content of a sealed file: everyone may see all of it but the values. Changed by the functions of
/// secrets/sealed_change.hpp.
struct SealedDocument {
  std::uint64_t sequence = 0;  ///< of the newest change
  VerifyingKey operator_key;
  std::map<std::string, Bytes32, std::less<>> identities;  ///< X25519 keys
  std::map<std::string, SealedSecret, std::less<>> secrets;
  std::deque<SealedChange> changes;  ///< oldest first
};

/// The text of the file, signed. The key must be that of the document's operator.
std::string to_text(const SealedDocument& document, const OperatorKey& key);

/// Reads what `to_text` wrote and `operator_key` signed. Otherwise what is wrong and the remedy, to follow the file's
/// name in a sentence.
std::expected<SealedDocument, std::string> parse_sealed_document(std::string_view text,
                                                                 const VerifyingKey& operator_key);

/// The two newest versions that are sealed to the identity. Otherwise a sentence that names both.
std::expected<Secret, std::string> open_secret(const SealedDocument& document, std::string_view name,
                                               const IdentityKey& identity);

/// What is sealed of a version: its name and id too, so that no copy passes for one of another secret.
SensitiveText sealed_content(std::string_view name, std::string_view version, const SensitiveText& value);

}  // namespace assay::secrets
