#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace assay::app {

/// What `assay audit verify` was given; an empty value is none that can be meant.
struct VerifyOptions {
  std::optional<std::string> receipt;    ///< a file, or - for standard input; without one no receipt is verified
  std::optional<std::string> url;        ///< of a register whose log is asked; without one none is
  std::vector<std::string> keys;         ///< verifier keys, or files that hold one each
  std::vector<std::string> checkpoints;  ///< files
  std::optional<std::string> save;       ///< where to keep the checkpoint that `url` shows
  std::optional<std::string> key_file;   ///< holds a subscription key, for a log at `url` that is not public
  std::filesystem::path data_directory;
  std::filesystem::path head_file;  ///< empty: in the data directory
};

/// Verifies a receipt, a register's log from outside, or a whole data directory, and prints the verdict. Returns the
/// process's exit code: 0 verified, 1 a fault was found, 2 wrong usage, 3 not to be examined. The last is also the
/// answer to what `read_options` throws.
int verify_audit(const std::function<VerifyOptions()>& read_options);

}  // namespace assay::app
