#pragma once

#include <filesystem>

namespace assay::app {

/// Prints the key that verifies what the log of that data directory signs, as a signed note has it (C2SP signed-note).
/// Throws Refusal when there is no log yet. Returns the process's exit code.
int print_log_key(const std::filesystem::path& data_directory);

}  // namespace assay::app
