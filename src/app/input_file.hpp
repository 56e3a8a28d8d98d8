#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

/// The content of a file that a command is given. Throws Refusal with a sentence when it can't be read, is a folder or
/// is larger than 4 MiB: the largest receipt is one of a record of 1 MiB, and has it in base64.
std::string read_input_file(const std::filesystem::path& file);

/// Likewise of standard input, to its end.
std::string read_standard_input();

}  // namespace assay::app
