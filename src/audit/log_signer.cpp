#include "audit/log_signer.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace assay::audit {

SigningKey derive_log_key(const SensitiveText& secret, std::string_view origin) {
  auto seed = hmac_sha256(secret.reveal(), fmt::format("assay log key 1\n{}", origin));
  const SensitiveText text(to_base64url(seed));
  sodium_memzero(seed.data(), seed.size());
  return SigningKey::parse(text).value();
}

SignedTree LogSigner::sign(const merkle::TreeHead& tree, Timestamp now) const {
  auto note = merkle::sign_checkpoint({.origin = origin, .tree = tree, .extensions = {}}, key);
  if (former && (now < former->until || tree.size <= former->last_size)) {
    note.signatures.push_back(merkle::sign_note(note.text, origin, former->key));
  }
  return {.tree = tree, .note = note.to_string()};
}

std::optional<LogSigner> find_signer(std::span<const SensitiveText> versions, std::string_view verifier_key) {
  const auto verifier = merkle::VerifierKey::parse(verifier_key);
  if (!verifier) return std::nullopt;
  for (const auto& version : versions) {
    auto key = derive_log_key(version, verifier->name);
    if (key.verifying_key().bytes == verifier->key.bytes) {
      return LogSigner{.origin = verifier->name, .key = std::move(key)};
    }
  }
  return std::nullopt;
}

std::vector<merkle::VerifierKey> keys_in_force(std::span<const LogOrigin> origins, std::string_view name,
                                               std::uint64_t size) {
  std::vector<merkle::VerifierKey> keys;
  for (const auto& origin : origins) {
    auto key = merkle::VerifierKey::parse(origin.verifier_key);
    if (!key || key->name != name) continue;
    // At the size with which a key begins the one before it is in force too.
    if (origin.first_size < size) keys.clear();
    if (keys.empty() || origin.first_size <= size) keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace assay::audit
