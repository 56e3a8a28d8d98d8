#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "secrets/grants.hpp"
#include "secrets/provider.hpp"

namespace assay::secrets {

struct Rotated {
  std::string version;           ///< of the new value
  bool old_is_accepted = false;  ///< by those who check the secret, for the overlap
};

struct Rotation {
  std::string_view name;
  std::string_view changed_by;
  /// For a key that others may know: those who check it accept the new one alone, and a reader is refused until it
  /// looks again.
  bool is_compromised = false;
  /// Of the log's key: how old its newest version must be, but for the only one. Readers get the newest two: so the one
  /// in use is kept. Nothing where none is in use.
  std::optional<std::chrono::days> log_key_overlap = std::chrono::days(30);
};

/// Makes a new version of a secret. First those who check it are told of the new key, then its readers get it, and only
/// then the old ones count as superseded: broken off anywhere nobody is shut out, and the next rotation goes on from
/// there. Throws Refusal for a secret that isn't made by the program, and as the provider does.
Rotated rotate(Provider& provider, const Rotation& rotation, Random& random, const Clock& clock);

/// The log's key is not, nor what comes from outside.
bool is_rotated_by_schedule(const Grant& grant);

/// Those of which the newest version is that old.
std::vector<std::string> find_due(Provider& provider, std::chrono::days age, const Clock& clock);

}  // namespace assay::secrets
