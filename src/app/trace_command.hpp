#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

/// Prints the spans that the running parts of a data directory, and those that they reach, keep of an operation, as a
/// tree with a waterfall or as JSON; says on standard error which of them could not be asked. Returns 1 when there are
/// none; throws Refusal for an id that is none, and when no part runs.
int print_trace(const std::filesystem::path& data_directory, const std::string& given, const std::string& output);

}  // namespace assay::app
