#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/audit_verify_input.hpp"
#include "base/sensitive.hpp"

namespace assay::app {

/// Where a register shows its log.
struct LogAddress {
  std::string url;
  std::optional<SensitiveText> key;  ///< of a subscription, which a log that is not public asks for
};

/// Verifies, from what a register shows at an address, that its log begins with the trees of kept checkpoints,
/// and prints the verdict. Once it is verified, the register's checkpoint is kept in the file `save` unless that is
/// empty. Returns the process's exit code; throws Refusal or Unavailable when the log can't be had.
int verify_log(const LogAddress& address, const std::vector<KeptCheckpoint>& kept,
               const std::vector<merkle::VerifierKey>& keys, const std::string& save);

}  // namespace assay::app
