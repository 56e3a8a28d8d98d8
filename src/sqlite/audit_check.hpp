#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::sqlite {

/// Examines an audit database, running or not: the file itself, each record against its row, the indexes and each
/// patient's numbers for gaps, and the register of accesses against the records. Every fault is a sentence that
/// names records by index and no patient; at most a hundred are told. Reads one moment's state; memory grows with the
/// number of patients. Shares nothing with the writer but the record's form.
std::vector<std::string> check_audit(const std::filesystem::path& database_file);

}  // namespace assay::sqlite
