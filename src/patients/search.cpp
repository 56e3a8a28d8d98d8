#include "patients/search.hpp"

#include <algorithm>

namespace assay::patients {

bool Criteria::is_birth_range_only() const {
  return (born_from || born_to) && !id &&
         std::ranges::none_of(equal.fields, [](const auto& field) { return field.has_value(); });
}

void GrowingPage::add(StoredPatient patient, Position position) {
  for (const auto& text : patient.patient.fields) bytes_ += text ? text->size() : 0;
  page_.patients.push_back(std::move(patient));
  if (page_.patients.size() == limit_ || bytes_ >= kPageBytes) page_.next = position;
}

}  // namespace assay::patients
