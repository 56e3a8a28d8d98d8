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

}  // namespace
}  // namespace assay::patients
