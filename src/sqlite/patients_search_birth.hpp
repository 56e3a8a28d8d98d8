#pragma once

#include "patients/search.hpp"
#include "sqlite/patients_statements.hpp"

namespace assay::sqlite {

/// Searches by a range of birth dates alone, in the order of (birth day, row): the order of the index, in
/// which each page is one seek.
patients::SearchPage search_by_birth(PatientsStatements& statements, const patients::Criteria& criteria,
                                     const std::optional<patients::Position>& after, std::size_t limit);

}  // namespace assay::sqlite
