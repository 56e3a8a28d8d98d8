#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

/// Writes all patients with their tests from a running register into a new file, one a line, with ids and dates, as
/// `assay import --keep-ids` reads it. Every read is audited like any other. There is no file unless all
/// went into it. Returns the exit code; throws Refusal when the file exists.
int export_register(const std::filesystem::path& file, const std::string& url, const std::filesystem::path& key_file);

}  // namespace assay::app
