#pragma once

#include <filesystem>
#include <functional>

namespace assay::sqlite {

/// Copies a database as it is at one moment into a new file, also while another process writes it; durable on
/// return. `progress` gets the part done, from 0 to 1. Throws Error.
void copy_snapshot(const std::filesystem::path& from, const std::filesystem::path& to,
                   const std::function<void(double)>& progress);

}  // namespace assay::sqlite
