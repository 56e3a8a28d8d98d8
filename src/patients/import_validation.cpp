#include <fmt/format.h>

#include "base/dates.hpp"
#include "patients/patient_rules.hpp"
#include "patients/test_rules.hpp"
#include "patients/validation.hpp"

namespace assay::patients {

namespace {

constexpr std::array kLineRules{
    Rule{"patient", false, check_object},
    Rule{"tests", false, check_array},
};

constexpr std::chrono::sys_days kFirstDay = std::chrono::year(1) / 1 / 1;
constexpr std::chrono::sys_days kLastDay = std::chrono::year(9999) / 12 / 31;

/// The id and the version that a document brings. Ids compare as text and are kept in lower case.
struct Identity {
  Uuid id;
  Timestamp last_updated;
};

Result<Identity> identity_of(const json::object& document, const std::string& prefix) {
  const auto id = Uuid::parse(document.at("id").as_string());
  if (!id) return fail(400, fmt::format("\"{}id\" must be in lower case", prefix));
  const auto moment = parse_iso_date(document.at("lastUpdated").as_string()).value().moment;
  // An offset can lead out of what four digits can say, and so could the versions that updates add.
  if (moment < kFirstDay || moment >= kLastDay) {
    return fail(400, fmt::format("\"{}lastUpdated\" must be a valid date", prefix));
  }
  return Identity{.id = *id, .last_updated = moment};
}

Result<StoredPatient> imported_patient(const json::value& document) {
  if (auto checked = check_document(document, kPatientRules<true>); !checked) return std::unexpected(checked.error());
  const auto& object = document.get_object();
  auto identity = identity_of(object, {});
  if (!identity) return std::unexpected(std::move(identity.error()));
  StoredPatient patient{.id = identity->id, .last_updated = identity->last_updated, .patient = patient_of(object)};
  if (to_json(patient).size() > kLargestDocument) return fail(400, "\"patient\" is larger than 1023 KiB");
  return patient;
}

Result<StoredTest> imported_test(const json::object& document, const Uuid& patient_id, std::size_t position) {
  const auto prefix = fmt::format("tests[{}].", position);
  const auto claimed = text_of(document, "patientId");
  if (claimed && Uuid::parse(*claimed) != patient_id) {
    return fail(400, fmt::format("\"{}patientId\" must be the id of the line's patient", prefix));
  }
  auto identity = identity_of(document, prefix);
  if (!identity) return std::unexpected(std::move(identity.error()));
  StoredTest test{.id = identity->id,
                  .patient_id = patient_id,
                  .last_updated = identity->last_updated,
                  .performer = text_of(document, "performer").value(),
                  .order_reference = text_of(document, "orderReference").value(),
                  .observations = observations_text(document.at("observations").as_array())};
  if (to_json(test).size() > kLargestDocument) {
    return fail(400, fmt::format("\"tests[{}]\" is larger than 1023 KiB", position));
  }
  return test;
}

/// Whose tests they are that stand alone: the first one says it.
std::optional<Uuid> patient_of_tests(const json::array& documents) {
  const auto named = documents.empty() ? std::nullopt : text_of(documents.front().get_object(), "patientId");
  return named ? Uuid::parse(*named) : std::nullopt;
}

Result<std::vector<StoredTest>> imported_tests(const json::value& documents,
                                               const std::optional<StoredPatient>& patient) {
  if (auto found = find_fault_in_array(documents, kTestRules<true>)) {
    return fail(400, describe(within("tests", std::move(*found))));
  }
  const auto patient_id = patient ? patient->id : patient_of_tests(documents.get_array());
  if (!patient_id) return fail(400, "\"patient\" is required");
  std::vector<StoredTest> tests;
  for (const auto& document : documents.get_array()) {
    auto test = imported_test(document.get_object(), *patient_id, tests.size());
    if (!test) return std::unexpected(std::move(test.error()));
    tests.push_back(std::move(*test));
  }
  return tests;
}

}  // namespace

Result<ImportedLine> validate_import(const json::value& line) {
  if (auto checked = check_document(line, kLineRules); !checked) return std::unexpected(std::move(checked.error()));
  const auto& object = line.get_object();
  ImportedLine imported;
  if (const auto* document = object.if_contains("patient")) {
    auto patient = imported_patient(*document);
    if (!patient) return std::unexpected(std::move(patient.error()));
    imported.patient = std::move(*patient);
  }
  const auto* documents = object.if_contains("tests");
  if (documents == nullptr && !imported.patient) return fail(400, "\"patient\" is required");
  if (documents != nullptr) {
    auto tests = imported_tests(*documents, imported.patient);
    if (!tests) return std::unexpected(std::move(tests.error()));
    imported.tests = std::move(*tests);
  }
  return imported;
}

}  // namespace assay::patients
