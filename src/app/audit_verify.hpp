#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace assay::app {

/// What `assay audit verify` was given.
struct VerifyOptions {
  std::string receipt;                   ///< a file, or - for standard input; empty: no receipt is verified
  std::string url;                       ///< of a register whose log is asked; empty: none is
  std::vector<std::string> keys;         ///< verifier keys, or files that hold one each
  std::vector<std::string> checkpoints;  ///< files
  std::string save;                      ///< where to keep the checkpoint that `url` shows
  std::filesystem::path data_directory;
  std::filesystem::path head_file;  ///< empty: in the data directory
};

/// Verifies a receipt, a register's log from outside, or a whole data directory, and prints the verdict. Returns the
/// process's exit code: 0 verified, 1 a fault was found, 2 wrong usage, 3 not to be examined. The last is also the
/// answer to what `read_options` throws.
int verify_audit(const std::function<VerifyOptions()>& read_options);

}  // namespace assay::app
