#include "patients/patient.hpp"

#include <gtest/gtest.h>

#include "patients/test_result.hpp"

namespace assay::patients {
namespace {

using std::chrono::sys_days;
using std::literals::operator""y;

Timestamp at(std::int64_t milliseconds) { return Timestamp(std::chrono::milliseconds(milliseconds)); }

const Uuid kId = Uuid::parse("2f8a1c9e-5b7d-4e3a-9c61-0d4f7b2a8e15").value();
const Uuid kOtherId = Uuid::parse("7c0d9e42-1a6b-4f58-8e23-b5a49d7f6c30").value();

TEST(Merge, KeepsWhatTheChangesLackAndReplacesTheRest) {
  Patient current;
  current[Field::kFirstName] = "Ada";
  current[Field::kFullName] = "Ada Lovelace";
  Patient changes;
  changes[Field::kFirstName] = "Augusta";
  changes[Field::kLastName] = "King";
  const auto merged = merge(current, changes);
  EXPECT_EQ(merged[Field::kFirstName], "Augusta");
  EXPECT_EQ(merged[Field::kLastName], "King");
  EXPECT_EQ(merged[Field::kFullName], "Ada Lovelace");
  EXPECT_FALSE(merged[Field::kGender]);
}

TEST(ToJson, HasThePresentFieldsInOrderThenIdAndVersion) {
  StoredPatient patient{.id = kId, .last_updated = at(1'751'276'472'345), .patient = {}};
  patient.patient[Field::kPostCode] = "EH12";
  patient.patient[Field::kFirstName] = "A\"\\é\n";
  EXPECT_EQ(to_json(patient),
            R"({"firstName":"A\"\\é\n","postCode":"EH12","id":"2f8a1c9e-5b7d-4e3a-9c61-0d4f7b2a8e15",)"
            R"("lastUpdated":"2025-06-30T09:41:12.345Z"})");
}

TEST(ToJson, HasATestWithItsPatient) {
  const StoredTest test{.id = kOtherId,
                        .patient_id = kId,
                        .last_updated = at(0),
                        .performer = "Lab",
                        .order_reference = "R\t1",
                        .observations = R"([{"id":"o"}])"};
  EXPECT_EQ(to_json(test),
            R"({"performer":"Lab","orderReference":"R\t1","observations":[{"id":"o"}],)"
            R"("patientId":"2f8a1c9e-5b7d-4e3a-9c61-0d4f7b2a8e15","id":"7c0d9e42-1a6b-4f58-8e23-b5a49d7f6c30",)"
            R"("lastUpdated":"1970-01-01T00:00:00.000Z"})");
}

TEST(NextVersion, IsNowButAlwaysLaterThanThePreviousOne) {
  EXPECT_EQ(next_version(at(500), at(100)), at(500));
  EXPECT_EQ(next_version(at(500), at(500)), at(501));
  EXPECT_EQ(next_version(at(500), at(900)), at(901));
}

TEST(EntityTag, DiffersFromVersionToVersion) {
  EXPECT_EQ(entity_tag(at(1'751'276'472'345)), "\"1751276472345\"");
  EXPECT_NE(entity_tag(at(1)), entity_tag(at(2)));
}

TEST(FirstDay, IsTheFirstDayThatABirthDateNames) {
  EXPECT_EQ(first_day("1980"), sys_days(1980y / 1 / 1));
  EXPECT_EQ(first_day("1980-05"), sys_days(1980y / 5 / 1));
  EXPECT_EQ(first_day("1980-05-17"), sys_days(1980y / 5 / 17));
  EXPECT_EQ(first_day("0001"), sys_days(1y / 1 / 1));
  EXPECT_EQ(first_day("9999-12-31"), sys_days(9999y / 12 / 31));
}

TEST(FirstDay, KnowsLeapYears) {
  for (const auto* day : {"2020-02-29", "2000-02-29"}) EXPECT_TRUE(first_day(day)) << day;
  for (const auto* day : {"2021-02-29", "1900-02-29", "2020-02-30", "2021-04-31"}) EXPECT_FALSE(first_day(day)) << day;
}

TEST(FirstDay, IsNothingForWhatIsNoBirthDate) {
  for (const auto* text :
       {"",         "0000",         "0000-01-01", "198",        "19800",      "1980-",       "1980-1",
        "1980-00",  "1980-13",      "1980-1-2",   "1980-01-00", "1980-01-32", "1980/01/02",  "02/01/1980",
        "19800102", "1980-01-02\n", " 1980",      "+980",       "-980",       "1980-01-02T", "198O"}) {
    EXPECT_FALSE(first_day(text)) << text;
  }
}

}  // namespace
}  // namespace assay::patients
