#include "patients/search.hpp"

#include <algorithm>

namespace assay::patients {

bool Criteria::is_birth_range_only() const {
  return (born_from || born_to) && !id &&
         std::ranges::none_of(equal.fields, [](const auto& field) { return field.has_value(); });
}

}  // namespace assay::patients
