#include "patients/search.hpp"

#include <algorithm>

namespace assay::patients {

bool Criteria::is_birth_range_only() const {
  return (born_from || born_to) && !id &&
         std::ranges::none_of(equal.fields, [](const auto& field) { return field.has_value(); });
}

bool Criteria::name_somebody() const {
  auto others = equal;
  others[Field::kGender].reset();
  return id || born_from || born_to || others != Patient();
}

bool Criteria::hold_for(const StoredPatient& patient) const {
  if (id && *id != patient.id.to_string()) return false;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if (equal.fields[field] && equal.fields[field] != patient.patient.fields[field]) return false;
  }
  if (!born_from && !born_to) return true;
  const auto& date_of_birth = patient.patient[Field::kDateOfBirth];
  const auto born = date_of_birth ? first_day(*date_of_birth) : std::nullopt;
  return born && (!born_from || *born_from <= *born) && (!born_to || *born <= *born_to);
}

void GrowingPage::add(StoredPatient patient, Position position) {
  for (const auto& text : patient.patient.fields) bytes_ += text ? text->size() : 0;
  page_.patients.push_back(std::move(patient));
  if (page_.patients.size() == limit_ || bytes_ >= kPageBytes) page_.next = position;
}

}  // namespace assay::patients
