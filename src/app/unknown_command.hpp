#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace assay::app {

/// Whether among the words of a command line one stands where a command should that is none; then that is said on
/// standard error, with the nearest there is.
bool say_unknown_command(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace assay::app
