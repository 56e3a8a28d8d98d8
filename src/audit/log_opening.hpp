#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audit/head_file.hpp"
#include "audit/log_signer.hpp"
#include "audit/store.hpp"
#include "base/principal.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"

namespace assay::audit {

/// A log that may be signed on.
struct OpenedLog {
  LogSigner signer;
  std::optional<SignedTree> newest;  ///< the largest tree that was signed; nothing before the first
};

struct LogOpening {
  Store& store;
  std::vector<SensitiveText> keys;  ///< the versions of the secret `audit-log-key`, the newest first
  HeadFile& head_file;
  /// A file that `assay restore` leaves beside the database: the log goes on under a new name and key.
  std::filesystem::path restored_mark;
  std::string origin_prefix;        ///< a new log is called so, with a slash and 16 random hexadecimal digits behind
  Principal restorer;               ///< who is named in the record of a restore
  std::chrono::days key_overlap{};  ///< for how long the key before a rotation signs too
  Random& random;
  const Clock& clock;
};

/// Finds the log's name and key, or makes them at the first start and after a restore, and makes sure that the
/// database is not behind what was signed; a restored one may be, but contradicts none of it. Throws Refusal with the
/// way to go on where that isn't so, or where the key or the head is lost. Broken off at any moment, it is finished by
/// the next call.
Awaitable<OpenedLog> open_log(LogOpening opening);

}  // namespace assay::audit
