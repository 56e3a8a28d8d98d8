#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::sqlite {

/// Every patient that no audit record is about, as a sentence that names the row, and audit records that the patients'
/// database knows of and that are not there; about 100 at most. The patients'
/// database is read as it is at a moment before the audit's, so that a running register can be examined.
std::vector<std::string> check_patients_have_records(const std::filesystem::path& patients_file,
                                                     const std::filesystem::path& audit_file);

}  // namespace assay::sqlite
