#include <array>

#include "base/dates.hpp"
#include "patients/patient_rules.hpp"
#include "patients/validation.hpp"

namespace assay::patients {

namespace {

constexpr std::array kCriteriaRules{
    Rule{"id", false, check_guid},
    Rule{"firstName", false, check_text_up_to_64},
    Rule{"lastName", false, check_text_up_to_64},
    Rule{"fullName", false, check_text_up_to_128},
    Rule{"gender", false, check_gender},
    Rule{"postCode", false, check_post_code},
    Rule{"insuranceNumber", false, check_text},
    Rule{"preferredContactNumber", false, check_text},
    Rule{"dateOfBirthFrom", false, check_date},
    Rule{"dateOfBirthTo", false, check_date},
};

std::optional<std::chrono::sys_days> day_of(const json::object& criteria, std::string_view name) {
  const auto* value = criteria.if_contains(name);
  if (value == nullptr) return std::nullopt;
  return parse_iso_date(value->as_string()).value().day;
}

}  // namespace

Result<Criteria> validate_criteria(const json::value& criteria) {
  if (auto checked = check_document(criteria, kCriteriaRules); !checked) return std::unexpected(checked.error());
  const auto& object = criteria.get_object();
  return Criteria{.id = text_of(object, "id"),
                  .equal = patient_of(object),
                  .born_from = day_of(object, "dateOfBirthFrom"),
                  .born_to = day_of(object, "dateOfBirthTo")};
}

}  // namespace assay::patients
