#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::sqlite {

/// Examines a gateway database, running or not: the file itself, each subscription, that no key opens two of
/// them, and the reports that wait. Every fault is a sentence that names rows, never a subscription or a key.
std::vector<std::string> check_gateway(const std::filesystem::path& database_file);

}  // namespace assay::sqlite
