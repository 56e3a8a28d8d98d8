#pragma once

#include <filesystem>
#include <vector>

#include "app/audit_verify_input.hpp"

namespace assay::app {

/// What the audit database of a data directory is held against.
struct RegisterEvidence {
  std::filesystem::path head_file;  ///< empty: in the data directory
  std::vector<KeptCheckpoint> checkpoints;
  std::vector<merkle::VerifierKey> keys;
};

/// Examines the whole audit register of a data directory, running or stopped, and prints the verdict. Returns the
/// process's exit code; throws Refusal or sqlite::Error when it can't be examined.
int verify_register(const std::filesystem::path& data_directory, const RegisterEvidence& evidence);

}  // namespace assay::app
