#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "secrets/identity_key.hpp"
#include "secrets/sealed_document.hpp"

namespace assay::secrets {

/// Who changes a sealed file, and when.
struct SealedAuthor {
  std::string name;
  Timestamp at;
};

/// A document without secrets; its first change.
SealedDocument new_sealed_document(const VerifyingKey& operator_key,
                                   std::map<std::string, Bytes32, std::less<>> identities, const SealedAuthor& by);

/// What becomes the newest version of a secret.
struct NewVersion {
  std::string_view secret;
  const SensitiveText& value;
  std::vector<std::string> readers;
  std::string_view operation = "set";  ///< or "rotate"
};

// Each of these is one change, and throws Refusal, leaving the document as it was, for a secret or an identity that
// isn't there.

/// Seals the value to each of its readers. Returns the id of the version.
std::string set_secret(SealedDocument& document, NewVersion version, const SealedAuthor& by);

/// The same for the readers that the secret has, or when it is new those of its grant; what others are checked by is
/// sealed to the operator too, who goes on from it at the next rotation.
std::string set_granted_secret(SealedDocument& document, std::string_view secret, const SensitiveText& value,
                               const SealedAuthor& by);

/// Makes the identity a reader. It gets the versions that one of `openers` can open; where that is none, it reads the
/// secret from the next version on. Returns whether it got the newest.
bool grant_secret(SealedDocument& document, std::string_view secret, std::string_view identity,
                  std::span<const IdentityKey> openers, const SealedAuthor& by);

/// Makes the identity no reader and takes its copies out. It may have kept the value: whoever revokes sets a new one.
void revoke_secret(SealedDocument& document, std::string_view secret, std::string_view identity,
                   const SealedAuthor& by);

/// Whether the secret has no version that is newer than when it was last revoked from somebody.
bool is_revoke_unfinished(const SealedDocument& document, std::string_view secret);

}  // namespace assay::secrets
