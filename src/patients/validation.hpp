#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "patients/patient.hpp"
#include "patients/search.hpp"
#include "patients/test_result.hpp"

namespace assay::patients {

/// A patient as a client sent it, without fault.
struct PatientDocument {
  std::optional<std::string> id;
  Patient patient;
  std::optional<std::string> last_updated;
};

/// A test as a client sent it, without fault.
struct TestDocument {
  std::optional<std::string> id;
  std::string performer;
  std::string order_reference;
  std::string observations;  ///< the JSON array's text, keys in the order sent
  std::optional<std::string> last_updated;
};

/// A patient and its tests as they were exported, with ids and versions; or tests of one patient alone, where they and
/// the patient are too large for one line.
struct ImportedLine {
  std::optional<StoredPatient> patient;
  std::vector<StoredTest> tests;

  std::size_t documents() const { return tests.size() + (patient ? 1 : 0); }
};

// A fault is a Problem 400 with the text of the contract's section 4.

Result<PatientDocument> validate_patient(const json::value& document);

/// `patient_id` is the path's, which counts whatever the body says.
Result<TestDocument> validate_test(json::value document, std::string_view patient_id);

Result<Criteria> validate_criteria(const json::value& criteria);

Result<ImportedLine> validate_import(const json::value& line);

}  // namespace assay::patients
