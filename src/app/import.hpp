#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/import_file.hpp"

namespace assay::app {

struct ImportOptions {
  std::filesystem::path file;
  std::string url;
  std::filesystem::path key_file;
  std::optional<ImportFormat> format;  ///< else by the file's name
  bool dry_run = false;                ///< check the lines, send nothing
  bool keep_ids = false;               ///< by the route that keeps id and lastUpdated (scope admin)
};

/// Imports patients and tests into a running register through its API. Refused lines are told on standard error
/// with their number and reason. Goes on after a break where FILE.progress says. Returns 0, or 1 when lines were
/// refused.
int import_file(const ImportOptions& options);

}  // namespace assay::app
