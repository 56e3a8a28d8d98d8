#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

struct LogLevelChange {
  std::string level;  ///< empty: change nothing
  std::string part;   ///< empty: of all parts
};

/// Makes the change in the processes that run on the data directory, then prints the level of each of their parts, or
/// of the one that is named. Returns the exit code; throws Refusal when none runs or has such a part.
int show_log_levels(const std::filesystem::path& data_directory, const LogLevelChange& change);

}  // namespace assay::app
