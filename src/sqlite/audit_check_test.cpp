#include "sqlite/audit_check.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "audit/record.hpp"
#include "base/temporary_folder.hpp"
#include "sqlite/audit_schema.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/schema.hpp"

namespace assay::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Uuid uuid(std::uint8_t seed) {
  Uuid out;
  out.bytes.fill(seed);
  return out;
}

/// Three records of one patient and one of nobody, made without the store; the register has the first two.
class AuditCheckTest : public testing::Test {
 protected:
  AuditCheckTest() {
    migrate(connection_, kAuditMigrations, kAuditApplicationId);
    insert(0, uuid(9), 1);
    insert(1, uuid(9), 2);
    insert(2, std::nullopt, std::nullopt);
    insert(3, uuid(9), 3);
    auto access = connection_.prepare("INSERT INTO access(patient, sequence, idx) VALUES(?, ?, ?)");
    access.bind(1, Blob(uuid(9).bytes)).bind(2, std::int64_t{1}).bind(3, std::int64_t{0}).run();
    access.bind(1, Blob(uuid(9).bytes)).bind(2, std::int64_t{2}).bind(3, std::int64_t{1}).run();
    connection_.execute("UPDATE access_position SET position = 2");
  }

  void insert(std::uint8_t index, std::optional<Uuid> patient, std::optional<std::uint64_t> sequence) {
    const audit::NewRecord record{.id = uuid(static_cast<std::uint8_t>(index + 100)),
                                  .source_system_name = "X",
                                  .resource = std::nullopt,
                                  .actor = std::nullopt,
                                  .operation_id = "",
                                  .patient_id = patient,
                                  .outcome = std::nullopt};
    const auto document = canonical_json(audit::to_json(record, Timestamp(std::chrono::milliseconds(index)), sequence));
    const Bytes32 salt{index};
    connection_.prepare("INSERT INTO record(idx, id, entry, salt, document) VALUES(?, ?, ?, ?, ?)")
        .bind(1, std::int64_t{index})
        .bind(2, Blob(record.id.bytes))
        .bind(3, Blob(audit::log_entry(salt, document)))
        .bind(4, Blob(salt))
        .bind(5, std::string_view(document))
        .run();
  }

  std::vector<std::string> faults_after(std::string_view tampering) {
    connection_.execute(tampering);
    return check_audit(file_);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "audit.db";
  Connection connection_{file_, Access::kReadWrite};
};

TEST_F(AuditCheckTest, FindsNoFaultInASoundDatabase) { EXPECT_THAT(check_audit(file_), IsEmpty()); }

TEST_F(AuditCheckTest, FindsAMissingRecord) {
  EXPECT_THAT(faults_after("DELETE FROM record WHERE idx = 2"), ElementsAre(HasSubstr("Record 2 is missing")));
}

TEST_F(AuditCheckTest, FindsAMissingNumberOfAPatient) {
  EXPECT_THAT(faults_after("UPDATE record SET document = replace(document, 'Sequence\":3', 'Sequence\":4')"),
              ElementsAre(HasSubstr("Record 3 is not what its entry"), HasSubstr("Record 3 has number 4")));
}

TEST_F(AuditCheckTest, FindsARecordThatCannotBeRead) {
  EXPECT_THAT(faults_after("UPDATE record SET document = '{}' WHERE idx = 2"),
              ElementsAre(HasSubstr("Record 2 is not what its entry"), HasSubstr("Record 2 can't be read")));
}

TEST_F(AuditCheckTest, FindsARecordUnderAnotherId) {
  EXPECT_THAT(faults_after("UPDATE record SET id = zeroblob(16) WHERE idx = 2"),
              ElementsAre(HasSubstr("Record 2 has another id")));
}

TEST_F(AuditCheckTest, FindsARecordThatIsNotCanonical) {
  EXPECT_THAT(faults_after("UPDATE record SET document = document || ' ' WHERE idx = 2"),
              ElementsAre(HasSubstr("Record 2 is not what its entry"), HasSubstr("Record 2 is not in canonical form")));
}

TEST_F(AuditCheckTest, FindsADateThatGoesBack) {
  EXPECT_THAT(faults_after("UPDATE record SET document = replace(document, '1970', '1971') WHERE idx = 1"),
              ElementsAre(HasSubstr("Record 1 is not what its entry"), HasSubstr("Record 2 is older"),
                          HasSubstr("Record 3 is older")));
}

TEST_F(AuditCheckTest, FindsAnEntryAndASaltThatAreNotTheRecords) {
  EXPECT_THAT(faults_after("UPDATE record SET salt = zeroblob(32) WHERE idx = 1"),
              ElementsAre(HasSubstr("Record 1 is not what its entry")));
  EXPECT_THAT(faults_after("UPDATE record SET entry = zeroblob(32) WHERE idx = 2"),
              ElementsAre(HasSubstr("Record 1 is not what its entry"), HasSubstr("Record 2 is not what its entry")));
}

TEST_F(AuditCheckTest, FindsATileThatNoEntriesFill) {
  EXPECT_THAT(faults_after("INSERT INTO tile VALUES(0, zeroblob(32), zeroblob(8192))"),
              ElementsAre("There are 1 tiles, but the entries fill 0."));
}

TEST_F(AuditCheckTest, FindsAnAccessThatTheRegisterLacks) {
  EXPECT_THAT(faults_after("DELETE FROM access WHERE sequence = 2"), ElementsAre(HasSubstr("doesn't have record 1")));
  EXPECT_THAT(
      faults_after("INSERT INTO access SELECT patient, 2, 7 FROM access"),
      ElementsAre(HasSubstr("doesn't have record 1"), HasSubstr("has record 7, but should end before record 2")));
}

TEST_F(AuditCheckTest, FindsAnAccessThatNoRecordNames) {
  EXPECT_THAT(faults_after("INSERT INTO access SELECT patient, 3, 3 FROM access WHERE sequence = 1"),
              ElementsAre(HasSubstr("has record 3, but should end before record 2")));
}

TEST_F(AuditCheckTest, FindsARegisterAheadOfTheRecords) {
  EXPECT_THAT(
      faults_after("UPDATE access_position SET position = 5; INSERT INTO access SELECT patient, 3, 3 FROM access "
                   "WHERE sequence = 1"),
      ElementsAre(HasSubstr("ahead of the records")));
}

TEST_F(AuditCheckTest, TellsAtMostAHundredFaults) {
  EXPECT_EQ(
      faults_after("WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
                   "INSERT INTO record(idx, id, entry, salt, document) SELECT i, randomblob(16), x'', x'', '' FROM n")
          .size(),
      100);
}

TEST_F(AuditCheckTest, SaysThatAFileIsNoDatabase) {
  const auto other = folder_.path() / "other.db";
  std::ofstream(other) << std::string(4096, 'x');
  EXPECT_THAT(check_audit(other), ElementsAre(HasSubstr("can't be examined")));
}

}  // namespace
}  // namespace assay::sqlite
