#include "patients/patient.hpp"

#include <gtest/gtest.h>

#include "patients/test_result.hpp"

namespace assay::patients {
namespace {

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

}  // namespace
}  // namespace assay::patients
