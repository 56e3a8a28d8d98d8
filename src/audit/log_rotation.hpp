#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "audit/checkpoint_signer.hpp"
#include "audit/log_signer.hpp"
#include "audit/store.hpp"
#include "base/principal.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"

namespace assay::audit {

/// Takes a newer version of the log's secret into use: a record and an origin of the log's name tell the new key, in
/// one transaction. Each checkpoint from before until the overlap is over has both signatures. For one caller at a
/// time.
class LogRotation {
 public:
  struct Parameters {
    Store& store;
    CheckpointSigner& signer;
    LogSigner in_force;
    std::chrono::days overlap{};  ///< for how long the key before signs too
    Principal rotator;            ///< who is named in the record of a rotation
    Random& random;
    const Clock& clock;
  };

  explicit LogRotation(Parameters parameters);

  /// Returns the new verifier key where the secret's newest version gives one that the log never had. Throws
  /// Unavailable while it can't be stored: then the log goes on under the key in force, and the next call tries again.
  Awaitable<std::optional<std::string>> take(SensitiveText newest);

 private:
  NewRecord record_of(const std::string& verifier_key, std::uint64_t size) const;

  Parameters with_;
  std::vector<LogOrigin> origins_;
};

}  // namespace assay::audit
