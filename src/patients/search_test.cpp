#include "patients/search.hpp"

#include <gtest/gtest.h>

namespace assay::patients {
namespace {

StoredPatient patient_of(std::size_t bytes) {
  StoredPatient patient;
  patient.patient[Field::kInsuranceNumber] = std::string(bytes, 'x');
  return patient;
}

Position row(std::int64_t number) { return {.birth_day = {}, .row = number}; }

TEST(GrowingPage, IsFullWithItsLastPatient) {
  GrowingPage page(2);
  page.add(patient_of(1), row(1));
  EXPECT_FALSE(page.is_full());
  page.add(patient_of(1), row(5));
  EXPECT_TRUE(page.is_full());
  const auto taken = std::move(page).take();
  EXPECT_EQ(taken.patients.size(), 2);
  EXPECT_EQ(taken.next, row(5));
}

TEST(GrowingPage, IsFullWithThePatientWhoBringsItToItsBytes) {
  GrowingPage page(1000);
  page.add(patient_of(GrowingPage::kPageBytes - 1), row(1));
  EXPECT_FALSE(page.is_full());
  page.add(patient_of(1), row(2));
  EXPECT_TRUE(page.is_full());
}

TEST(GrowingPage, HoldsOnePatientHoweverLarge) {
  GrowingPage page(1000);
  page.add(patient_of(2 * GrowingPage::kPageBytes), row(1));
  EXPECT_TRUE(page.is_full());
  EXPECT_EQ(std::move(page).take().patients.size(), 1);
}

StoredPatient ada() {
  StoredPatient patient{.id = Uuid{{1}}, .last_updated = {}, .patient = {}};
  patient.patient[Field::kFirstName] = "Ada";
  patient.patient[Field::kGender] = "female";
  patient.patient[Field::kDateOfBirth] = "1980-05";
  return patient;
}

Criteria with(Field field, std::string value) {
  Criteria criteria;
  criteria.equal[field] = std::move(value);
  return criteria;
}

TEST(Criteria, HoldForAPatientWhenAllOfThemDo) {
  EXPECT_TRUE(Criteria().hold_for(ada()));
  auto criteria = with(Field::kFirstName, "Ada");
  EXPECT_TRUE(criteria.hold_for(ada()));
  criteria.equal[Field::kLastName] = "";
  EXPECT_FALSE(criteria.hold_for(ada()));
  EXPECT_FALSE(with(Field::kFirstName, "ada").hold_for(ada()));
}

TEST(Criteria, HoldForTheIdAsText) {
  Criteria criteria;
  criteria.id = ada().id.to_string();
  EXPECT_TRUE(criteria.hold_for(ada()));
  criteria.id = Uuid{{2}}.to_string();
  EXPECT_FALSE(criteria.hold_for(ada()));
}

TEST(Criteria, HoldForTheFirstDayOfABirthDateFromAndTo) {
  using std::chrono::sys_days;
  using std::chrono::year;
  Criteria criteria;
  criteria.born_from = sys_days(year(1980) / 5 / 1);
  criteria.born_to = sys_days(year(1980) / 5 / 1);
  EXPECT_TRUE(criteria.hold_for(ada()));
  criteria.born_from = sys_days(year(1980) / 5 / 2);
  criteria.born_to.reset();
  EXPECT_FALSE(criteria.hold_for(ada()));
  criteria.born_from.reset();
  criteria.born_to = sys_days(year(1980) / 4 / 30);
  EXPECT_FALSE(criteria.hold_for(ada()));
  auto unborn = ada();
  unborn.patient[Field::kDateOfBirth].reset();
  EXPECT_FALSE(criteria.hold_for(unborn));
}

TEST(Criteria, NameSomebodyUnlessTheyAreEmptyOrAGender) {
  EXPECT_FALSE(Criteria().name_somebody());
  EXPECT_FALSE(with(Field::kGender, "female").name_somebody());
  EXPECT_TRUE(with(Field::kPostCode, "1234").name_somebody());
  Criteria born;
  born.born_from = std::chrono::sys_days();
  EXPECT_TRUE(born.name_somebody());
}

}  // namespace
}  // namespace assay::patients
