#pragma once

#include "app/configuration.hpp"

namespace assay::app {

/// Prints each setting, where it comes from and what it means. Returns the exit code.
int print_settings(const Configuration& configuration);

}  // namespace assay::app
