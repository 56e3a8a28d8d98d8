#pragma once

#include "patients/search.hpp"
#include "sqlite/patients_statements.hpp"

namespace assay::sqlite {

/// Searches by at least one equality, with or without a range of birth dates, in the order of rows. The
/// criteria's index entries are intersected a block of 1,024 rows at a time, so a page costs at most one step
/// a block and criterion, however many patients have the values and however few have all of them.
patients::SearchPage search_by_blocks(PatientsStatements& statements, const patients::Criteria& criteria,
                                      std::int64_t after_row, std::size_t limit);

}  // namespace assay::sqlite
