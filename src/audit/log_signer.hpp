#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/store.hpp"
#include "base/clock.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/verifier_key.hpp"

namespace assay::audit {

/// The secret of which the signing key of each log follows.
inline constexpr std::string_view kLogKeyName = "audit-log-key";

/// The Ed25519 key of the log of that name: its seed is HMAC-SHA-256, keyed with the secret's text, over
/// "assay log key 1", a newline and the name. So a new log needs no new secret, and an old one's key is never lost.
SigningKey derive_log_key(const SensitiveText& secret, std::string_view origin);

/// A tree and the note that was signed over it.
struct SignedTree {
  merkle::TreeHead tree;
  std::string note;
};

/// The key that a rotation has replaced: it signs too, until the overlap is over.
struct FormerKey {
  SigningKey key;
  Timestamp until;
  std::uint64_t last_size = 0;  ///< trees up to that size have it at any time: the newer key was in force for none
};

/// Who signs: the log's name and its key.
struct LogSigner {
  std::string origin;
  SigningKey key;
  std::optional<FormerKey> former = {};

  SignedTree sign(const merkle::TreeHead& tree, Timestamp now) const;
  merkle::VerifierKey verifier() const { return {.name = origin, .key = key.verifying_key()}; }
};

/// The signer of that verifier key, if its key follows from one of the secret's versions.
std::optional<LogSigner> find_signer(std::span<const SensitiveText> versions, std::string_view verifier_key);

/// The keys of the log of that name that were in force at a size of its tree: one, or two where a rotation was.
std::vector<merkle::VerifierKey> keys_in_force(std::span<const LogOrigin> origins, std::string_view name,
                                               std::uint64_t size);

}  // namespace assay::audit
