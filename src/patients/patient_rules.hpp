#pragma once

#include <array>

#include "patients/patient.hpp"
#include "patients/rules.hpp"

namespace assay::patients {

/// The rules of a patient's document (contract section 4). On import it must bring its id and version.
template <bool Imported = false>
inline constexpr std::array kPatientRules{
    Rule{"id", Imported, check_guid},
    Rule{"firstName", true, check_text_up_to_64},
    Rule{"lastName", false, check_text_up_to_64},
    Rule{"fullName", false, check_text_up_to_128},
    Rule{"gender", true, check_gender},
    Rule{"dateOfBirth", true, check_date_of_birth},
    Rule{"postCode", true, check_post_code},
    Rule{"insuranceNumber", false, check_text},
    Rule{"preferredContactNumber", false, check_text},
    Rule{"lastUpdated", Imported, check_date},
};

/// The fields of a document that has passed its rules.
Patient patient_of(const json::object& document);

}  // namespace assay::patients
