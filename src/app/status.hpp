#pragma once

#include <filesystem>

namespace assay::app {

/// Prints for each part of the data directory whether it runs and how ready it is. Returns 0 when all that are
/// there run and are ready, else 1; throws Refusal when there is no register.
int print_status(const std::filesystem::path& data_directory);

}  // namespace assay::app
