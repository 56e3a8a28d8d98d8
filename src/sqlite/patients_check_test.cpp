#include "sqlite/patients_check.hpp"

#include <gmock/gmock.h>

#include "sqlite/patients_test_database.hpp"

namespace assay::sqlite {
namespace {

using patients::Field;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

patients::Patient ada() {
  patients::Patient patient;
  patient[Field::kFirstName] = "Ada";
  patient[Field::kDateOfBirth] = "1815-12-10";
  return patient;
}

class PatientsCheckTest : public testing::Test {
 protected:
  PatientsCheckTest() {
    patient_ = database_.create(ada());
    database_.transact([&] {
      const patients::StoredTest test{.id = database_.next_id(),
                                      .patient_id = patient_.id,
                                      .last_updated = database_.now(),
                                      .performer = "laboratory",
                                      .order_reference = "1",
                                      .observations = "[]"};
      ASSERT_TRUE(database_.writes().create_test(test, std::nullopt, database_.next_warrant()));
    });
    database_.index_all();
  }

  std::vector<std::string> faults_after(std::string_view damage) {
    database_.connection().execute(damage);
    return check_patients(database_.file());
  }

  PatientsTestDatabase database_;
  patients::StoredPatient patient_;
};

TEST_F(PatientsCheckTest, FindsNothingInAWholeDatabase) {
  EXPECT_THAT(check_patients(database_.file()), IsEmpty());
  patients::Patient changes;
  changes[Field::kFirstName] = "Augusta Ada";
  database_.update(patient_.id, changes);
  EXPECT_THAT(check_patients(database_.file()), IsEmpty());
}

TEST_F(PatientsCheckTest, FindsATestWithoutItsPatient) {
  EXPECT_THAT(faults_after("UPDATE test SET patient = 7"), ElementsAre("The test in row 1 belongs to no patient."));
}

TEST_F(PatientsCheckTest, FindsIdsThatAreNone) {
  EXPECT_THAT(
      faults_after("UPDATE patient SET id = x'00'; UPDATE test SET id = 'text'"),
      ElementsAre("The patient in row 1 has an id that is no UUID.", "The test in row 1 has an id that is no UUID."));
}

TEST_F(PatientsCheckTest, FindsEntriesThatNoPatientHas) {
  EXPECT_THAT(faults_after("INSERT INTO text_index VALUES (0, 0, 12345, 0, x'0100'), (0, 9, 1, 0, x'0200')"),
              ElementsAre("The search index of firstName names row 1, which has another value.",
                          "The search index of an unknown field names row 2, which has another value."));
}

TEST_F(PatientsCheckTest, FindsPatientsThatTheIndexesLack) {
  EXPECT_THAT(faults_after("DELETE FROM text_index; DELETE FROM birth_day_index; DELETE FROM birth_year_index"),
              ElementsAre("The search index of firstName lacks row 1.", "The search index of birth days lacks row 1.",
                          "The search index of birth years lacks row 1."));
}

TEST_F(PatientsCheckTest, FindsWrongBirthDates) {
  EXPECT_THAT(faults_after("UPDATE birth_day_index SET day = 0"),
              ElementsAre("The search index of birth days names row 1, which has another day.",
                          "The search index of birth days lacks row 1."));
  EXPECT_THAT(
      faults_after("DELETE FROM birth_day_index; UPDATE birth_year_index SET year = 1900"),
      ElementsAre("The search index of birth years names row 1, which has another year.",
                  "The search index of birth days lacks row 1.", "The search index of birth years lacks row 1."));
}

TEST_F(PatientsCheckTest, FindsADamagedStructureWithoutTellingOfPatients) {
  const auto faults = faults_after(
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, 'first_name TEXT', 'first_name TEXT NOT NULL') WHERE name = "
      "'patient';"
      "UPDATE patient SET first_name = NULL");
  ASSERT_THAT(faults, testing::Contains(HasSubstr("structure")));
  for (const auto& fault : faults) EXPECT_THAT(fault, testing::Not(HasSubstr("1815")));
}

}  // namespace
}  // namespace assay::sqlite
