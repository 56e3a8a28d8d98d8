#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/uuid.hpp"

namespace assay::patients {

/// A medical test of a patient as the store holds it.
struct StoredTest {
  Uuid id;
  Uuid patient_id;
  Timestamp last_updated;
  std::string performer;
  std::string order_reference;
  std::string observations;  ///< the JSON array's text

  bool operator==(const StoredTest&) const = default;
};

/// The document that clients get.
std::string to_json(const StoredTest& test);

}  // namespace assay::patients
