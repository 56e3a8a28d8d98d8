#include "patients/test_result.hpp"

namespace assay::patients {

namespace {

/// What a document takes around its texts.
constexpr std::size_t kUsualSize = 256;

}  // namespace

std::string to_json(const StoredTest& test) {
  std::string out;
  out.reserve(kUsualSize + test.observations.size());
  out += "{\"performer\":";
  append_json_string(out, test.performer);
  out += ",\"orderReference\":";
  append_json_string(out, test.order_reference);
  out += ",\"observations\":";
  out += test.observations;
  out += ",\"patientId\":\"";
  out += test.patient_id.to_string();
  out += "\",\"id\":\"";
  out += test.id.to_string();
  out += "\",\"lastUpdated\":\"";
  out += to_iso8601(test.last_updated);
  out += "\"}";
  return out;
}

}  // namespace assay::patients
