#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

/// Has a running register erase a patient with all tests. Returns the exit code; throws Refusal with a sentence when it
/// is refused, and Unavailable when the register doesn't answer.
int erase_patient(const std::string& id, const std::string& reason, const std::string& url,
                  const std::filesystem::path& key_file);

}  // namespace assay::app
