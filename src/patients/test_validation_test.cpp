#include <gtest/gtest.h>

#include "patients/validation.hpp"

namespace assay::patients {
namespace {

constexpr std::string_view kPatientId = "aaaaaaaa-1111-4111-8111-111111111111";
constexpr std::string_view kObservation =
    R"({"status":"s","id":"o","code":"c","measurement":"m","interpretation":"i","issued":"2020-05-12"})";

std::string with_observations(std::string_view observations) {
  return R"({"performer":"Lab","orderReference":"R","observations":)" + std::string(observations) + "}";
}

std::string fault_of(std::string_view document, std::string_view patient_id = kPatientId) {
  const auto result = validate_test(parse_json(document).value(), patient_id);
  return result ? "" : result.error().detail;
}

struct Case {
  std::string document;
  std::string fault;
};

TEST(ValidateTest, AnswersEachFaultWithItsText) {
  const std::vector<Case> cases{
      {"{}", R"("performer" is required)"},
      {R"({"performer":"a"})", R"("orderReference" is required)"},
      {R"({"performer":"a","orderReference":"b"})", R"("observations" is required)"},
      {R"({"performer":"","orderReference":"b"})", R"("performer" is not allowed to be empty)"},
      {R"({"performer":"a","orderReference":5})", R"("orderReference" must be a string)"},
      {R"({"id":"x","performer":5})", R"("id" must be a valid GUID)"},
      {R"({"foo":1,"performer":"a","orderReference":"b","observations":[],"lastUpdated":5})",
       R"("lastUpdated" must be a valid date)"},
      {R"({"foo":1,"performer":"a","orderReference":"b","observations":[]})", R"("foo" is not allowed)"},
      {"[]", R"("value" must be of type object)"},
      {"null", R"("value" must be of type object)"},
  };
  for (const auto& [document, fault] : cases) EXPECT_EQ(fault_of(document), fault) << document;
}

TEST(ValidateTest, LooksIntoEachObservationInTurn) {
  const auto good = std::string(kObservation);
  const std::vector<Case> cases{
      {"{}", R"("observations" must be an array)"},
      {"null", R"("observations" must be an array)"},
      {"[5]", R"("observations[0]" must be of type object)"},
      {"[null]", R"("observations[0]" must be of type object)"},
      {"[" + good + ",5]", R"("observations[1]" must be of type object)"},
      {"[" + good + R"(,{"id":"b"}])", R"("observations[1].code" is required)"},
      {R"([{"id":"o","measurement":"m"}])", R"("observations[0].code" is required)"},
      {R"([{"id":"a","code":"c","measurement":5,"interpretation":5}])",
       R"("observations[0].measurement" must be a string)"},
      {R"([{"id":"a","code":"c","measurement":"m","interpretation":"","issued":5}])",
       R"("observations[0].interpretation" is not allowed to be empty)"},
      {R"([{"id":"a","code":"c","measurement":"m","interpretation":"i","issued":"x","status":5}])",
       R"("observations[0].issued" must be a valid date)"},
      {R"([{"id":"a","code":"c","measurement":"m","interpretation":"i","issued":"2020-01-01","status":5,"zz":1}])",
       R"("observations[0].status" must be a string)"},
      {R"([{"zz":1,"id":"a","code":"c","measurement":"m","interpretation":"i","issued":"2020-01-01","status":"s"}])",
       R"("observations[0].zz" is not allowed)"},
  };
  for (const auto& [observations, fault] : cases) {
    EXPECT_EQ(fault_of(with_observations(observations)), fault) << observations;
  }
}

TEST(ValidateTest, TakesThePatientFromThePathWhateverTheBodySays) {
  for (const auto* claim : {"5", "\"x\"", "\"bbbbbbbb-1111-4111-8111-111111111111\""}) {
    EXPECT_EQ(
        fault_of(std::string(R"({"performer":"a","orderReference":"b","observations":[],"patientId":)") + claim + "}"),
        "");
  }
}

TEST(ValidateTest, LooksAtThePathsPatientBetweenIdAndPerformer) {
  EXPECT_EQ(fault_of(R"({"performer":5})", "1"), R"("patientId" must be a valid GUID)");
  EXPECT_EQ(fault_of(R"({"id":"x","performer":5})", "1"), R"("id" must be a valid GUID)");
  EXPECT_EQ(fault_of("[]", "1"), R"("value" must be of type object)");
}

TEST(ValidateTest, KeepsObservationsCompactInTheOrderSent) {
  const auto document = validate_test(
      parse_json(with_observations("[ " + std::string(kObservation) + " , " + std::string(kObservation) + "]")).value(),
      kPatientId);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->observations, "[" + std::string(kObservation) + "," + std::string(kObservation) + "]");
  EXPECT_EQ(validate_test(parse_json(with_observations("[]")).value(), kPatientId)->observations, "[]");
}

}  // namespace
}  // namespace assay::patients
