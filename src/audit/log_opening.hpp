#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/head_file.hpp"
#include "audit/store.hpp"
#include "base/principal.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "merkle/checkpoint.hpp"

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

/// Who signs: the log's name and its key.
struct LogSigner {
  std::string origin;
  SigningKey key;

  SignedTree sign(const merkle::TreeHead& tree) const;
};

/// A log that may be signed on.
struct OpenedLog {
  LogSigner signer;
  std::optional<SignedTree> newest;  ///< the largest tree that was signed; nothing before the first
};

struct LogOpening {
  Store& store;
  std::vector<SensitiveText> keys;  ///< the versions of that secret, the newest first
  HeadFile& head_file;
  /// A file that `assay restore` leaves beside the database: the log goes on under a new name and key.
  std::filesystem::path restored_mark;
  std::string origin_prefix;  ///< a new log is called so, with a slash and 16 random hexadecimal digits behind
  Principal restorer;         ///< who is named in the record of a restore
  Random& random;
  const Clock& clock;
};

/// Finds the log's name and key, or makes them at the first start and after a restore, and makes sure that the
/// database is not behind what was signed; a restored one may be, but contradicts none of it. Throws Refusal with the
/// way to go on where that isn't so, or where the key or the head is lost. Broken off at any moment, it is finished by
/// the next call.
Awaitable<OpenedLog> open_log(LogOpening opening);

}  // namespace assay::audit
