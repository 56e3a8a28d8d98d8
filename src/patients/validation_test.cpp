#include "patients/validation.hpp"

#include <gtest/gtest.h>

namespace assay::patients {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

/// What a required patient looks like, with the members of `changes` over it; null takes a key away where
/// the name is prefixed by a minus.
json::value a_patient(std::string_view changes = "{}") {
  auto patient =
      parse_json(R"({"firstName":"Ada","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234"})").value();
  const auto changed = parse_json(changes).value();
  for (const auto& member : changed.get_object()) {
    if (member.key().starts_with('-')) {
      patient.get_object().erase(member.key().substr(1));
    } else {
      patient.get_object()[member.key()] = member.value();
    }
  }
  return patient;
}

std::string fault_of_patient(std::string_view changes) {
  const auto result = validate_patient(a_patient(changes));
  return result ? "" : result.error().detail;
}

struct Case {
  std::string changes;
  std::string fault;
};

TEST(ValidatePatient, AnswersEachFaultWithItsText) {
  const std::vector<Case> cases{
      {R"({"-firstName":0})", R"("firstName" is required)"},
      {R"({"-gender":0})", R"("gender" is required)"},
      {R"({"-dateOfBirth":0})", R"("dateOfBirth" is required)"},
      {R"({"-postCode":0})", R"("postCode" is required)"},
      {R"({"firstName":5})", R"("firstName" must be a string)"},
      {R"({"lastName":null})", R"("lastName" must be a string)"},
      {R"({"postCode":1234})", R"("postCode" must be a string)"},
      {R"({"dateOfBirth":5})", R"("dateOfBirth" must be a string)"},
      {R"({"dateOfBirth":""})", R"("dateOfBirth" is not allowed to be empty)"},
      {R"({"dateOfBirth":"02/01/1980"})", R"("dateOfBirth" with value "02/01/1980" fails to match the date pattern)"},
      {R"({"dateOfBirth":"2021-02-31"})", R"("dateOfBirth" with value "2021-02-31" fails to match the date pattern)"},
      {R"({"gender":"robot"})", R"("gender" must be one of [male, female, other, unknown])"},
      {R"({"gender":null})", R"("gender" must be one of [male, female, other, unknown])"},
      {R"({"gender":""})", R"("gender" must be one of [male, female, other, unknown])"},
      {R"({"postCode":"123"})", R"("postCode" length must be 4 characters long)"},
      {R"({"postCode":"12345"})", R"("postCode" length must be 4 characters long)"},
      {R"({"insuranceNumber":""})", R"("insuranceNumber" is not allowed to be empty)"},
      {R"({"preferredContactNumber":[]})", R"("preferredContactNumber" must be a string)"},
      {R"({"id":5})", R"("id" must be a string)"},
      {R"({"id":""})", R"("id" is not allowed to be empty)"},
      {R"({"id":"1"})", R"("id" must be a valid GUID)"},
      {R"({"lastUpdated":"xx"})", R"("lastUpdated" must be a valid date)"},
      {R"({"lastUpdated":5})", R"("lastUpdated" must be a valid date)"},
      {R"({"lastUpdated":""})", R"("lastUpdated" must be a valid date)"},
      {R"({"nope":1})", R"("nope" is not allowed)"},
      {R"({"firstname":"x"})", R"("firstname" is not allowed)"},
  };
  for (const auto& [changes, fault] : cases) EXPECT_EQ(fault_of_patient(changes), fault) << changes;
}

TEST(ValidatePatient, CountsLengthsInUtf16CodeUnits) {
  const std::vector<std::pair<std::string_view, std::size_t>> letters{{"x", 1}, {"é", 1}, {"中", 1}, {"😀", 2}};
  for (const auto& [letter, units] : letters) {
    for (const auto& [field, limit] : {std::pair{"firstName", 64}, {"lastName", 64}, {"fullName", 128}}) {
      const auto longest = repeated(letter, static_cast<std::size_t>(limit) / units);
      EXPECT_EQ(fault_of_patient("{\"" + std::string(field) + "\":\"" + longest + "\"}"), "");
      EXPECT_EQ(fault_of_patient("{\"" + std::string(field) + "\":\"" + longest + "x\"}"),
                "\"" + std::string(field) + "\" length must be less than or equal to " + std::to_string(limit) +
                    " characters long");
    }
  }
  EXPECT_EQ(fault_of_patient(R"({"postCode":"😀😀"})"), "");
  EXPECT_EQ(fault_of_patient(R"({"postCode":"😀"})"), R"("postCode" length must be 4 characters long)");
}

TEST(ValidatePatient, HasNoLimitForTheOtherTexts) {
  EXPECT_EQ(fault_of_patient("{\"insuranceNumber\":\"" + repeated("x", 100'000) + "\"}"), "");
}

TEST(ValidatePatient, FindsTheFirstFaultInTheOrderOfTheFields) {
  const std::vector<Case> in_order{
      {R"("id":"1")", R"("id" must be a valid GUID)"},
      {R"("firstName":5)", R"("firstName" must be a string)"},
      {R"("lastName":5)", R"("lastName" must be a string)"},
      {R"("fullName":5)", R"("fullName" must be a string)"},
      {R"("gender":"x")", R"("gender" must be one of [male, female, other, unknown])"},
      {R"("dateOfBirth":"x")", R"("dateOfBirth" with value "x" fails to match the date pattern)"},
      {R"("postCode":"1")", R"("postCode" length must be 4 characters long)"},
      {R"("insuranceNumber":5)", R"("insuranceNumber" must be a string)"},
      {R"("preferredContactNumber":5)", R"("preferredContactNumber" must be a string)"},
      {R"("lastUpdated":"x")", R"("lastUpdated" must be a valid date)"},
      {R"("foo":1)", R"("foo" is not allowed)"},
  };
  std::string later;
  for (auto fault = in_order.rbegin(); fault != in_order.rend(); ++fault) {
    later += (later.empty() ? "" : ",") + fault->changes;  // as sent, the last fault comes first
    EXPECT_EQ(fault_of_patient("{" + later + "}"), fault->fault);
  }
}

TEST(ValidatePatient, NamesTheFirstUnknownKeyAsSent) {
  EXPECT_EQ(fault_of_patient(R"({"zz":1,"aa":2})"), R"("zz" is not allowed)");
}

TEST(ValidatePatient, TakesEitherCaseOfAnIdAndBlankTexts) {
  const auto document =
      validate_patient(a_patient(R"({"id":"AAAAAAAA-1111-4111-8111-111111111111","lastName":" ","postCode":"    "})"));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->id, "AAAAAAAA-1111-4111-8111-111111111111");
  EXPECT_EQ(document->patient[Field::kLastName], " ");
  EXPECT_FALSE(document->patient[Field::kFullName]);
  EXPECT_FALSE(document->last_updated);
}

TEST(ValidatePatient, RefusesWhatIsNoObject) {
  for (const auto* text : {"[]", "\"x\"", "5", "null", "true", "[{}]"}) {
    const auto result = validate_patient(parse_json(text).value());
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().status, 400);
    EXPECT_EQ(result.error().detail, "\"value\" must be of type object");
  }
}

std::string fault_of_criteria(std::string_view criteria) {
  const auto result = validate_criteria(parse_json(criteria).value());
  return result ? "" : result.error().detail;
}

TEST(ValidateCriteria, AnswersEachFaultWithItsText) {
  const std::vector<Case> cases{
      {R"({"id":"1"})", R"("id" must be a valid GUID)"},
      {R"({"id":""})", R"("id" is not allowed to be empty)"},
      {R"({"firstName":null})", R"("firstName" must be a string)"},
      {R"({"lastName":""})", R"("lastName" is not allowed to be empty)"},
      {R"({"postCode":"234"})", R"("postCode" length must be 4 characters long)"},
      {R"({"gender":"Male"})", R"("gender" must be one of [male, female, other, unknown])"},
      {R"({"dateOfBirthFrom":"xx"})", R"("dateOfBirthFrom" must be a valid date)"},
      {R"({"dateOfBirthFrom":346000000000})", R"("dateOfBirthFrom" must be a valid date)"},
      {R"({"dateOfBirthTo":"31/12/1980"})", R"("dateOfBirthTo" must be a valid date)"},
      {R"({"dateOfBirthTo":null})", R"("dateOfBirthTo" must be a valid date)"},
      {R"({"dateOfBirth":"1980-01-01"})", R"("dateOfBirth" is not allowed)"},
      {R"({"lastUpdated":"2020-01-01"})", R"("lastUpdated" is not allowed)"},
      {R"({"zz":1,"dateOfBirthTo":"x","dateOfBirthFrom":"x"})", R"("dateOfBirthFrom" must be a valid date)"},
      {R"({"zz":1,"dateOfBirthTo":"x","preferredContactNumber":5})", R"("preferredContactNumber" must be a string)"},
      {"[]", R"("value" must be of type object)"},
  };
  for (const auto& [criteria, fault] : cases) EXPECT_EQ(fault_of_criteria(criteria), fault) << criteria;
}

TEST(ValidateCriteria, ReadsWhatIsAskedFor) {
  const auto criteria = validate_criteria(
      parse_json(R"({"id":"AAAAAAAA-1111-4111-8111-111111111111","gender":"male","dateOfBirthFrom":"1980-01-03",)"
                 R"("dateOfBirthTo":"1981-01-01T23:59:59+05:00"})")
          .value());
  ASSERT_TRUE(criteria);
  EXPECT_EQ(criteria->id, "AAAAAAAA-1111-4111-8111-111111111111");
  EXPECT_EQ(criteria->equal[Field::kGender], "male");
  EXPECT_EQ(criteria->born_from, first_day("1980-01-03"));
  EXPECT_EQ(criteria->born_to, first_day("1981-01-01"));
  EXPECT_FALSE(criteria->is_birth_range_only());
}

TEST(ValidateCriteria, KnowsABirthDateRangeAlone) {
  const auto is_range = [](std::string_view text) {
    return validate_criteria(parse_json(text).value()).value().is_birth_range_only();
  };
  EXPECT_TRUE(is_range(R"({"dateOfBirthFrom":"1980-01-03"})"));
  EXPECT_TRUE(is_range(R"({"dateOfBirthTo":"1980-01-03"})"));
  EXPECT_FALSE(is_range("{}"));
  EXPECT_FALSE(is_range(R"({"dateOfBirthTo":"1980-01-03","postCode":"1234"})"));
  EXPECT_FALSE(is_range(R"({"dateOfBirthTo":"1980-01-03","id":"aaaaaaaa-1111-4111-8111-111111111111"})"));
}

}  // namespace
}  // namespace assay::patients
