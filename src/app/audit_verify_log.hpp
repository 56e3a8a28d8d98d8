#pragma once

#include <string>
#include <vector>

#include "app/audit_verify_input.hpp"

namespace assay::app {

/// Verifies, from what a register shows at `url` to everybody, that its log begins with the trees of kept checkpoints,
/// and prints the verdict. Once it is verified, the register's checkpoint is kept in the file `save` unless that is
/// empty. Returns the process's exit code; throws Refusal or Unavailable when the log can't be had.
int verify_log(const std::string& url, const std::vector<KeptCheckpoint>& kept,
               const std::vector<merkle::VerifierKey>& keys, const std::string& save);

}  // namespace assay::app
