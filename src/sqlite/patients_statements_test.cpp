#include "sqlite/patients_statements.hpp"

#include <gmock/gmock.h>

#include "sqlite/patients_test_database.hpp"

namespace assay::sqlite {
namespace {

std::vector<std::string> plan_of(Connection& connection, PatientsSql sql) {
  std::vector<std::string> steps;
  auto plan = connection.prepare("EXPLAIN QUERY PLAN " + std::string(sql_text(sql)));
  while (plan.step()) steps.emplace_back(plan.text(3));
  return steps;
}

/// The tail is bounded; everything else grows with the register. An erasure is rare, and may look at the keys of a day.
bool may_be_in_a_plan(PatientsSql sql, const std::string& step) {
  const auto begins_with = [&](std::string_view text) { return step.starts_with(text); };
  if (sql == PatientsSql::kForgetIdempotency && step == "SCAN idempotency") return true;
  return step == "SCAN tail" || begins_with("SEARCH ") || begins_with("LIST SUBQUERY") ||
         begins_with("SCALAR SUBQUERY");
}

TEST(PatientsStatements, NoneScansOrSortsWhatGrowsWithTheRegister) {
  PatientsTestDatabase database;
  for (std::size_t index = 0; index < kPatientsSqlCount; ++index) {
    const auto sql = static_cast<PatientsSql>(index);
    for (const auto& step : plan_of(database.connection(), sql)) {
      EXPECT_TRUE(may_be_in_a_plan(sql, step)) << sql_text(sql) << "\n  " << step;
    }
  }
}

TEST(PatientsStatements, TestIdsComeFromAnIndexWithoutReadingATest) {
  PatientsTestDatabase database;
  EXPECT_THAT(plan_of(database.connection(), PatientsSql::kTestIds),
              testing::Contains("SEARCH test USING COVERING INDEX test_by_patient (patient=?)"));
}

TEST(ReadTransaction, EndsWithItsScopeSoThatTheNextSeesWhatWasWritten) {
  PatientsTestDatabase database;
  PatientsReader reader(database.file());
  {
    const ReadTransaction transaction(reader.statements());
    EXPECT_FALSE(reader.is_idle());
  }
  EXPECT_TRUE(reader.is_idle());
}

}  // namespace
}  // namespace assay::sqlite
