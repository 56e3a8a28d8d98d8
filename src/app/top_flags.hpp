#pragma once

#include <CLI/CLI.hpp>

#include "app/top_command.hpp"

namespace assay::app {

/// The flags of `assay top`, but for those of the configuration. `options` must outlive the parsing.
void add_top_flags(CLI::App& command, TopOptions& options);

}  // namespace assay::app
