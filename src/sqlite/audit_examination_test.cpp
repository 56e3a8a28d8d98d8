#include "sqlite/audit_examination_fixture.hpp"

namespace assay::sqlite {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(AuditExaminationTest, KnowsTheRootOfEveryCheckpointWhereverItsTreeEnds) {
  begin_log();
  keep_checkpoint();
  for (int i = 0; i < 5'000; ++i) {
    append_many(1);
    if (size_ < 600 || size_ % 256 < 2 || size_ % 256 == 255 || size_ % 97 == 0) keep_checkpoint();
  }
  const auto found = examine();
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_EQ(found.records, 5'000);
  EXPECT_GT(found.checkpoints, 600);
}

TEST_F(AuditExaminationTest, KnowsTilesOfHigherLevels) {
  append_many(256 * 256 + 300);
  begin_log();
  connection_.execute("UPDATE log_origin SET first_size = 0");
  keep_checkpoint();
  EXPECT_THAT(faults(), IsEmpty());
  connection_.execute("BEGIN; UPDATE tile SET hashes = zeroblob(8192) WHERE place = 1 << 48");
  EXPECT_THAT(faults(), ElementsAre("Tile 0 of level 1 is not that of the entries."));
  connection_.execute("BEGIN; DELETE FROM tile WHERE place IN (1 << 48, 7)");
  EXPECT_THAT(faults(), ElementsAre("Tile 0 of level 1 is missing.", "Tile 7 of level 0 is missing."));
}

TEST_F(AuditExaminationTest, FindsAConsistentTreeThatIsNotTheSignedOne) {
  begin_log();
  append_many(10);
  keep_checkpoint();
  append_many(10);
  keep_checkpoint();
  append_many(10);
  keep_checkpoint();
  auto changed = a_record();
  changed.id = uuid(1'000'015);
  changed.source_system_name = "Y";
  const auto document = canonical_json(audit::to_json(changed, Timestamp(), std::nullopt));
  const auto entry = audit::log_entry({15}, document);
  connection_.prepare("UPDATE record SET document = ?, entry = ? WHERE idx = 15")
      .bind(1, std::string_view(document))
      .bind(2, Blob(entry))
      .run();
  EXPECT_THAT(faults(), ElementsAre(StartsWith("Checkpoint 2 was signed for another tree of 20 records: something in "
                                               "the records from 10 to 19 was changed"),
                                    "So were 1 later checkpoints."));
}

TEST_F(AuditExaminationTest, FindsCheckpointsThatAreNotWhatTheyWere) {
  begin_log();
  for (int i = 0; i < 6; ++i) {
    append_many(1);
    keep_checkpoint();
  }
  connection_.execute(
      "UPDATE checkpoint SET note = replace(note, x'0a' || '1' || x'0a', x'0a' || '7' || x'0a') WHERE row = 1;"
      "UPDATE checkpoint SET size = 3 WHERE row = 2; DELETE FROM checkpoint WHERE row = 4;"
      "UPDATE checkpoint SET note = 'x' WHERE row = 5;"
      "UPDATE checkpoint SET note = replace(note, 'log/1', 'log/2') WHERE row = 6");
  EXPECT_THAT(
      faults(),
      ElementsAre("Checkpoint 1 is not signed by its log's key.", "Checkpoint 2 is of 2 records, but kept as one of 3.",
                  "Checkpoint 4 is missing, or not in its place.", "Checkpoint 5 is no checkpoint in a signed note.",
                  "Checkpoint 6 is of the log log/2, which has no key here."));
}

TEST_F(AuditExaminationTest, FindsKeysThatAreNotWhatTheyWere) {
  append_many(3);
  begin_log();
  keep_checkpoint();
  connection_.execute("INSERT INTO log_origin VALUES(4, 'x', 2)");
  EXPECT_THAT(faults(),
              ElementsAre("Key 2 of the log is missing.", "Key 4 of the log can't be read.",
                          "Key 4 of the log begins with record 2, which tells of neither a restore nor a rotation.",
                          "Key 1 of the log begins with record 3, which tells of neither a restore nor a rotation."));
}

TEST_F(AuditExaminationTest, FindsThatTheNewestRecordsWereCutOff) {
  begin_log();
  append_many(600);
  keep_checkpoint();
  connection_.execute("DELETE FROM record WHERE idx >= 500; DELETE FROM tile WHERE place = 1");
  EXPECT_THAT(faults(), ElementsAre("Checkpoint 1 is of 600 records, but there are 500: the newest were cut off."));
}

TEST_F(AuditExaminationTest, FindsWhatWasKeptOutside) {
  begin_log();
  append_many(4);
  keep_checkpoint();
  const auto newer = sign({.size = 9, .root = tree_->head().root});
  const AuditEvidence evidence{.notes = {{.name = "The checkpoint in a", .size = 4, .note = sign(tree_->head())},
                                         {.name = "The checkpoint in b", .size = 9, .note = newer}},
                               .stored_notes = 0,
                               .keys = {verifier()}};
  EXPECT_THAT(faults(evidence),
              ElementsAre("The checkpoint in b is of 9 records, but there are 4: the newest were cut off."));
}

TEST_F(AuditExaminationTest, FindsThatACheckpointKeptOutsideIsNotKeptInside) {
  begin_log();
  append_many(4);
  const auto note = sign(tree_->head());
  EXPECT_THAT(faults({.notes = {{.name = "The head", .size = 4, .note = note}}, .stored_notes = 1, .keys = {}}),
              ElementsAre("The head, of 4 records, is missing among the checkpoints of the database."));
}

TEST_F(AuditExaminationTest, FindsThatTheLogIsNotOfTheKeyGiven) {
  begin_log();
  const merkle::VerifierKey other{.name = "log/1", .key = SigningKey::generate(random_).verifying_key()};
  EXPECT_THAT(faults({.notes = {}, .stored_notes = 0, .keys = {verifier(), other}}),
              ElementsAre(StartsWith("The log was never signed with the key log/1+")));
}

TEST_F(AuditExaminationTest, TakesErasedRecordsThatARecordNames) {
  append_access(7, 1);
  append_access(7, 2);
  append_access(8, 1);
  append_access(7, 3);
  append_erasure("1,2");
  erase(1);
  erase(2);
  const auto found = examine();
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_EQ(found.erased, 2);
}

TEST_F(AuditExaminationTest, FindsErasuresThatNoRecordNames) {
  append_many(4);
  append_erasure("1,3");
  erase(1);
  erase(2);
  connection_.execute("UPDATE record SET salt = NULL WHERE idx = 0");
  EXPECT_THAT(faults(), ElementsAre("Record 0 is half erased: it has no salt.",
                                    "Record 2 has neither document nor salt, and no record says that it was erased.",
                                    "Record 3 was erased, and yet it has content."));
}

TEST_F(AuditExaminationTest, TakesNoErasureThatAHostKeyClaims) {
  append_many(1);
  auto claim = a_record();
  claim.source_system_name = audit::kAuditSource;
  claim.actor = Principal{.kind = "host-key", .id = "k", .name = "k", .on_behalf_of = "", .purpose_of_use = ""};
  claim.resource = audit::Resource{.type = "record", .id = R"({"indexes":[0]})", .operation = "erase"};
  append(claim);
  erase(0);
  EXPECT_THAT(faults(), ElementsAre(StartsWith("Record 0 has neither document nor salt")));
}

TEST_F(AuditExaminationTest, FindsAGapThatNoErasureExplains) {
  append_access(7, 1);
  append_access(8, 1);
  append_access(7, 3);
  append_erasure("1");
  erase(1);
  EXPECT_THAT(faults(), ElementsAre("Record 2 has number 3 among its patient's records, but 2 is expected.",
                                    "The register of accesses has record 2 as number 3 of a patient, but 2 is "
                                    "expected."));
}

TEST_F(AuditExaminationTest, FindsAccessesThatWereExchanged) {
  for (std::uint64_t i = 1; i <= 3; ++i) append_access(7, i);
  connection_.execute("UPDATE access SET idx = CASE sequence WHEN 1 THEN 1 WHEN 2 THEN 0 ELSE 2 END");
  EXPECT_THAT(faults(), ElementsAre("The register of accesses doesn't have record 0.", StartsWith("The register of"),
                                    "The register of accesses doesn't have record 1.", StartsWith("The register of")));
}

TEST_F(AuditExaminationTest, FindsAccessesOfAPatientWhomNoRecordNames) {
  append_access(7, 1);
  connection_.execute("INSERT INTO access SELECT zeroblob(16), 1, 0");
  EXPECT_THAT(faults(), ElementsAre("The register of accesses has record 0 as number 1 of a patient, which is not what "
                                    "the record says."));
  connection_.execute("BEGIN; DELETE FROM access");
  EXPECT_THAT(faults(), ElementsAre("The register of accesses doesn't have record 0."));
}

TEST_F(AuditExaminationTest, HoldsDisclosuresAgainstTheirSearches) {
  append_many(1);
  for (int i = 0; i < 5; ++i) {
    auto record = a_record();
    record.part_of = uuid(i < 3 ? 1 : 2);
    append(record);
  }
  connection_.prepare("INSERT INTO disclosure VALUES(?, 1, 3)").bind(1, Blob(uuid(1).bytes)).run();
  connection_.prepare("INSERT INTO disclosure VALUES(?, 4, 2)").bind(1, Blob(uuid(2).bytes)).run();
  EXPECT_THAT(faults(), IsEmpty());
  connection_.execute("BEGIN; UPDATE disclosure SET count = 2 WHERE first = 1");
  EXPECT_THAT(faults(), ElementsAre("Record 3 is part of another, but is not noted as such."));
  connection_.execute("BEGIN; UPDATE disclosure SET count = 3, search = zeroblob(16) WHERE first = 1");
  EXPECT_THAT(faults(), Contains("Records 1 to 3 are noted as parts of another, but are not all parts of it."));
  connection_.execute("BEGIN; DELETE FROM disclosure WHERE first = 4; UPDATE disclosure SET count = 5");
  EXPECT_THAT(faults(), Contains("Record 4 is part of another, but is not noted as such."));
}

TEST_F(AuditExaminationTest, SaysWhatCannotBeComparedBehindAMissingRecord) {
  begin_log();
  append_many(700);
  keep_checkpoint();
  connection_.execute("DELETE FROM record WHERE idx = 300");
  EXPECT_THAT(faults(), ElementsAre("Record 300 is missing: the next is 301.",
                                    "The tree can't be compared with 1 checkpoints beyond the missing record 300."));
}

TEST_F(AuditExaminationTest, FindsARecordThatWasPutIn) {
  begin_log();
  append_many(600);
  keep_checkpoint();
  connection_.execute(
      "UPDATE record SET idx = -idx - 1 WHERE idx >= 300; UPDATE record SET idx = -idx WHERE idx < 0;"
      "INSERT INTO record SELECT 300, randomblob(16), entry, salt, document FROM record WHERE idx = 299");
  EXPECT_THAT(faults(), testing::AllOf(Contains("Record 300 has another id than its row."),
                                       Contains("Tile 1 of level 0 is not that of the entries."),
                                       Contains(HasSubstr("Checkpoint 1 was signed for another tree"))));
}

TEST_F(AuditExaminationTest, ExaminesADatabaseFromBeforeTheLogWasSigned) {
  append_many(3);
  connection_.execute(
      "DROP TABLE checkpoint; DROP TABLE log_origin; DROP TABLE disclosure; DROP TABLE attribute; "
      "PRAGMA user_version = 1");
  EXPECT_THAT(faults(), IsEmpty());
}

}  // namespace
}  // namespace assay::sqlite
