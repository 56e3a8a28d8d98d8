#include "sqlite/records_check.hpp"

#include <gmock/gmock.h>

#include "base/temporary_folder.hpp"
#include "sqlite/audit_schema.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/patients_schema.hpp"
#include "sqlite/schema.hpp"

namespace assay::sqlite {
namespace {

class RecordsCheckTest : public testing::Test {
 protected:
  RecordsCheckTest() {
    migrate(patients_, patients_migrations(), kPatientsApplicationId);
    migrate(audit_, kAuditMigrations, kAuditApplicationId);
    add_patient(kFirst);
    add_patient(kSecond);
  }

  void add_patient(std::string_view id) {
    patients_.execute(std::string("INSERT INTO patient(id, last_updated, gender) VALUES(x'") + std::string(id) +
                      "', 0, 'other')");
  }

  std::vector<std::string> faults() const {
    return check_patients_have_records(folder_.path() / "patients.db", folder_.path() / "audit.db");
  }

  static constexpr std::string_view kFirst = "11111111111141118111111111111111";
  static constexpr std::string_view kSecond = "22222222222241118111111111111111";

  TemporaryFolder folder_;
  Connection patients_{folder_.path() / "patients.db", Access::kReadWrite};
  Connection audit_{folder_.path() / "audit.db", Access::kReadWrite};
};

TEST_F(RecordsCheckTest, FindsAPatientThatNoRecordIsAbout) {
  audit_.execute("INSERT INTO access VALUES(x'11111111111141118111111111111111', 1, 0)");
  EXPECT_THAT(faults(), testing::ElementsAre("No audit record is about the patient of row 2."));
}

TEST_F(RecordsCheckTest, TakesARecordThatTheRegisterHasNotComeToYet) {
  audit_.execute("INSERT INTO access VALUES(x'11111111111141118111111111111111', 1, 0)");
  audit_.execute("UPDATE access_position SET position = 1");
  audit_.execute(
      R"(INSERT INTO record VALUES(1, x'33333333333341118111111111111111', x'', x'', '{"createdDate":"2026-01-01T00:00:00.000Z",)"
      R"("id":"33333333-3333-4111-8111-111111111111","patientId":"22222222-2222-4111-8111-111111111111",)"
      R"("patientSequence":1,"sourceSystemName":"X"}'))");
  EXPECT_THAT(faults(), testing::IsEmpty());
}

}  // namespace
}  // namespace assay::sqlite
