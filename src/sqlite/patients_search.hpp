#pragma once

#include "patients/search.hpp"
#include "sqlite/patients_statements.hpp"

namespace assay::sqlite {

/// Finds a page of patients in one read transaction. Two streams are merged: what the indexes have and what
/// the tail has; every hit is checked against the patient's present row, so that the page is the same
/// whatever part of the tail has been indexed.
patients::SearchPage search_patients(PatientsStatements& statements, const patients::Criteria& criteria,
                                     const std::optional<patients::Position>& after, std::size_t limit);

}  // namespace assay::sqlite
