#include "patients/test_rules.hpp"
#include "patients/validation.hpp"

namespace assay::patients {

namespace {

constexpr std::array kObservationRules{
    Rule{"id", true, check_text},          Rule{"code", true, check_text},
    Rule{"measurement", true, check_text}, Rule{"interpretation", true, check_text},
    Rule{"issued", true, check_date},      Rule{"status", true, check_text},
};

}  // namespace

std::optional<Fault> check_observations(const json::value& value) {
  return find_fault_in_array(value, kObservationRules);
}

std::string observations_text(const json::array& observations) {
  std::string out = "[";
  for (const auto& observation : observations) {
    if (out.back() == '}') out.push_back(',');
    out.push_back('{');
    for (const auto& member : observation.as_object()) {
      if (out.back() != '{') out.push_back(',');
      append_json_string(out, member.key());
      out.push_back(':');
      append_json_string(out, member.value().as_string());
    }
    out.push_back('}');
  }
  out.push_back(']');
  return out;
}

Result<TestDocument> validate_test(json::value document, std::string_view patient_id) {
  if (auto* object = document.if_object()) (*object)["patientId"] = patient_id;
  if (auto checked = check_document(document, kTestRules<>); !checked) return std::unexpected(checked.error());
  const auto& object = document.get_object();
  return TestDocument{.id = text_of(object, "id"),
                      .performer = text_of(object, "performer").value(),
                      .order_reference = text_of(object, "orderReference").value(),
                      .observations = observations_text(object.at("observations").as_array()),
                      .last_updated = text_of(object, "lastUpdated")};
}

}  // namespace assay::patients
