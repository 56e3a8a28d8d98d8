#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::sqlite {

/// Examines a patients.db as a whole: the file's structure, the ids, each test's patient, and that the search
/// indexes with the tail have exactly what the patients have. Returns a sentence for each fault, the first
/// hundred; row numbers, never patient data. May run beside the register. Throws Error when the file can't be
/// read as a database at all.
std::vector<std::string> check_patients(const std::filesystem::path& database_file);

}  // namespace assay::sqlite
