#pragma once

#include <array>

#include "patients/rules.hpp"

namespace assay::patients {

std::optional<Fault> check_observations(const json::value& value);

/// The rules of a test's document (contract section 4). On import it must bring its id and version.
template <bool Imported = false>
inline constexpr std::array kTestRules{
    Rule{"id", Imported, check_guid},
    Rule{"patientId", false, check_guid},
    Rule{"performer", true, check_text},
    Rule{"orderReference", true, check_text},
    Rule{"observations", true, check_observations},
    Rule{"lastUpdated", Imported, check_date},
};

/// The compact text of observations that have passed their check, keys in the order sent.
std::string observations_text(const json::array& observations);

}  // namespace assay::patients
