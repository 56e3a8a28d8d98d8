#include "sqlite/patients_search.hpp"

#include "sqlite/patients_rows.hpp"
#include "sqlite/patients_search_birth.hpp"
#include "sqlite/patients_search_blocks.hpp"

namespace assay::sqlite {

namespace {

patients::SearchPage search_by_id(PatientsStatements& statements, const patients::Criteria& criteria,
                                  std::int64_t after_row) {
  patients::SearchPage page;
  const auto id = Uuid::parse(*criteria.id);
  const auto row = id ? find_patient_row(statements, *id) : std::nullopt;
  if (!row || *row <= after_row) return page;
  if (auto patient = read_if_matching(statements, *row, criteria)) page.patients.push_back(std::move(*patient));
  return page;
}

patients::SearchPage search_all(PatientsStatements& statements, std::int64_t after_row, std::size_t limit) {
  patients::GrowingPage page(limit);
  auto& statement = statements[PatientsSql::kPatientsAfter];
  const ResetOnExit reset(statement);
  statement.bind(1, after_row).bind(2, static_cast<std::int64_t>(limit));
  while (!page.is_full() && statement.step()) {
    auto patient = read_patient(statement);
    page.add(std::move(patient.stored), {.birth_day = {}, .row = patient.row});
  }
  return std::move(page).take();
}

}  // namespace

patients::SearchPage search_patients(PatientsStatements& statements, const patients::Criteria& criteria,
                                     const std::optional<patients::Position>& after, std::size_t limit) {
  const ReadTransaction transaction(statements);
  const auto after_row = after ? after->row : 0;
  if (criteria.id) return search_by_id(statements, criteria, after_row);
  if (criteria.is_birth_range_only()) return search_by_birth(statements, criteria, after, limit);
  if (criteria.equal == patients::Patient()) return search_all(statements, after_row, limit);
  return search_by_blocks(statements, criteria, after_row, limit);
}

}  // namespace assay::sqlite
