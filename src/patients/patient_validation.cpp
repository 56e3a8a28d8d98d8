#include "patients/patient_rules.hpp"
#include "patients/validation.hpp"

namespace assay::patients {

Patient patient_of(const json::object& document) {
  Patient patient;
  for (std::size_t i = 0; i < kFieldCount; ++i) patient.fields[i] = text_of(document, kFieldNames[i]);
  return patient;
}

Result<PatientDocument> validate_patient(const json::value& document) {
  if (auto checked = check_document(document, kPatientRules<>); !checked) return std::unexpected(checked.error());
  const auto& object = document.get_object();
  return PatientDocument{
      .id = text_of(object, "id"), .patient = patient_of(object), .last_updated = text_of(object, "lastUpdated")};
}

}  // namespace assay::patients
