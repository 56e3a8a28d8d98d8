#include <gtest/gtest.h>

#include "patients/import_body.hpp"

namespace assay::patients {
namespace {

constexpr std::string_view kId = "aaaaaaaa-1111-4111-8111-111111111111";

/// A patient of an import, its identity and what else it has given as members.
std::string patient_with(std::string_view members) {
  return R"({"firstName":"A","gender":"male","dateOfBirth":"1980","postCode":"1234")" + std::string(members) + "}";
}

std::string line_with(std::string_view tests) {
  return R"({"patient":)" +
         patient_with(R"(,"id":"aaaaaaaa-1111-4111-8111-111111111111","lastUpdated":"2020-01-02T03:04:05.678Z")") +
         std::string(tests) + "}";
}

std::string test_with(std::string_view members) {
  return R"(,"tests":[{"performer":"L","orderReference":"R","observations":[])" + std::string(members) + "}]";
}

std::string fault_of(std::string_view line) {
  const auto result = validate_import(parse_json(line).value());
  return result ? "" : result.error().detail;
}

TEST(ValidateImport, KeepsIdsAndVersions) {
  const auto line = validate_import(
      parse_json(line_with(test_with(R"(,"id":"bbbbbbbb-1111-4111-8111-111111111111","lastUpdated":"2021-01-01")")))
          .value());
  ASSERT_TRUE(line) << line.error().detail;
  EXPECT_EQ(line->patient->id.to_string(), kId);
  EXPECT_EQ(to_iso8601(line->patient->last_updated), "2020-01-02T03:04:05.678Z");
  ASSERT_EQ(line->tests.size(), 1);
  EXPECT_EQ(line->tests[0].patient_id, line->patient->id);
  EXPECT_EQ(to_iso8601(line->tests[0].last_updated), "2021-01-01T00:00:00.000Z");
}

TEST(ValidateImport, RefusesALineByItsFirstFault) {
  const std::pair<std::string, std::string> cases[] = {
      {"[]", R"("value" must be of type object)"},
      {"{}", R"("patient" is required)"},
      {R"({"patient":5})", R"("patient" must be of type object)"},
      {R"({"patient":{},"tests":5})", R"("tests" must be an array)"},
      {R"({"patient":{},"more":5})", R"("more" is not allowed)"},
      {R"({"patient":{}})", R"("id" is required)"},
      {R"({"patient":)" + patient_with(R"(,"id":"aaaaaaaa-1111-4111-8111-111111111111")") + "}",
       R"("lastUpdated" is required)"},
      {R"({"patient":)" + patient_with(R"(,"id":"AAAAAAAA-1111-4111-8111-111111111111","lastUpdated":"2020-01-01")") +
           "}",
       R"("id" must be in lower case)"},
      {R"({"patient":)" +
           patient_with(R"(,"id":"aaaaaaaa-1111-4111-8111-111111111111","lastUpdated":"9999-12-31T23:59:59.999Z")") +
           "}",
       R"("lastUpdated" must be a valid date)"},
      {line_with(R"(,"tests":[5])"), R"("tests[0]" must be of type object)"},
      {line_with(test_with("")), R"("tests[0].id" is required)"},
      {line_with(test_with(
           R"(,"id":"bbbbbbbb-1111-4111-8111-111111111111","lastUpdated":"2021-01-01","patientId":"bbbbbbbb-1111-4111-8111-111111111111")")),
       R"("tests[0].patientId" must be the id of the line's patient)"},
  };
  for (const auto& [line, fault] : cases) EXPECT_EQ(fault_of(line), fault) << line;
}

TEST(ValidateImport, TakesTestsAloneThatNameTheirPatient) {
  const std::string named = R"(,"id":"bbbbbbbb-1111-4111-8111-111111111111","lastUpdated":"2021-01-01","patientId":")" +
                            std::string(kId) + "\"";
  const auto line = validate_import(parse_json("{" + test_with(named).substr(1) + "}").value());
  ASSERT_TRUE(line) << line.error().detail;
  EXPECT_FALSE(line->patient);
  ASSERT_EQ(line->tests.size(), 1);
  EXPECT_EQ(line->tests[0].patient_id.to_string(), kId);
  EXPECT_EQ(fault_of(R"({"tests":[]})"), R"("patient" is required)");
  EXPECT_EQ(fault_of("{" + test_with(named.substr(0, named.find(R"(,"patientId")"))).substr(1) + "}"),
            R"("patient" is required)");
}

TEST(ValidateImport, RefusesWhatCouldNotBeExportedAgain) {
  const std::string identity = R"(,"id":"bbbbbbbb-1111-4111-8111-111111111111","lastUpdated":"2021-01-01")";
  const std::string large(kLargestDocument, 'x');
  EXPECT_EQ(fault_of(R"({"patient":)" + patient_with(identity + R"(,"insuranceNumber":")" + large + "\"") + "}"),
            R"("patient" is larger than 1023 KiB)");
  EXPECT_EQ(fault_of(line_with(R"(,"tests":[{"performer":")" + large + R"(","orderReference":"R","observations":[])" +
                               identity + "}]")),
            R"("tests[0]" is larger than 1023 KiB)");
}

TEST(ReadImport, CountsBlankLinesAndKeepsFaultyOnes) {
  const auto lines = read_import("\n" + line_with("") + "\r\n  \n{\n" + line_with(""));
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 3);
  EXPECT_EQ((*lines)[0].number, 2);
  EXPECT_TRUE((*lines)[0].content);
  EXPECT_EQ((*lines)[1].number, 4);
  EXPECT_FALSE((*lines)[1].content);
  EXPECT_EQ((*lines)[2].number, 5);
}

TEST(ReadImport, RefusesMoreThanAThousandDocuments) {
  std::string body;
  for (std::size_t i = 0; i < kLargestImport; ++i) body += "{}\n";
  EXPECT_TRUE(read_import(body));
  const auto lines = read_import(body + "{}");
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().status, 400);
}

TEST(ReportOn, IsAsGoodAsTheWorstDocument) {
  using enum ImportResult;
  EXPECT_EQ(report_on(1, std::vector{kCreated, kSkipped}).status, "created");
  EXPECT_EQ(report_on(1, std::vector{kSkipped, kSkipped}).status, "skipped");
  EXPECT_EQ(report_on(1, std::vector{kCreated, kConflict}).status, "refused");
  EXPECT_EQ(report_on(1, std::vector{kLeftOut, kSkipped}).status, "refused");
  EXPECT_EQ(to_json(std::vector{report_on(3, std::vector{kNoSuchPatient}), report_on(4, std::vector{kCreated})}),
            R"([{"line":3,"status":"refused","reason":"The patient of the test does not exist."},)"
            R"({"line":4,"status":"created"}])");
}

}  // namespace
}  // namespace assay::patients
