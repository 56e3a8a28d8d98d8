#include <optional>
#include <string>

#include "patients/access_log.hpp"
#include "patients/patient.hpp"
#include "patients/search.hpp"
#include "patients/test_result.hpp"
#include "telemetry/untold.hpp"

namespace assay::patients {
namespace {

using telemetry::Untold;

// What these say holds when this file compiles: patients and their data cannot be told as they are.
static_assert(Untold<Patient>);
static_assert(Untold<std::optional<std::string>>, "a field of a patient");
static_assert(Untold<StoredPatient>);
static_assert(Untold<StoredTest>);
static_assert(Untold<Criteria>);
static_assert(Untold<SearchPage>);
static_assert(Untold<Access>);
static_assert(Untold<OpenIntent>);

}  // namespace
}  // namespace assay::patients
