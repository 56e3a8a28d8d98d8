#include "sqlite/audit_restore.hpp"

#include "sqlite/audit_examination_fixture.hpp"

namespace assay::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using AuditRestoreTest = AuditExaminationTest;

TEST_F(AuditRestoreTest, TellsOfARestoreAndHoldsItsCheckpointAgainstTheTree) {
  begin_log();
  append_many(5);
  keep_checkpoint();
  begin_restored_log(sign(tree_->head()));
  const auto found =
      examine({.notes = {}, .stored_notes = 0, .keys = {verifier(), restored_verifier()}, .must_be_signed = true});
  EXPECT_THAT(found.faults, IsEmpty());
  ASSERT_EQ(found.restores.size(), 1);
  EXPECT_EQ(found.restores[0].index, 5);
  EXPECT_EQ(found.restores[0].origin, "log/1");
  EXPECT_EQ(found.restores[0].checkpoint->tree.size, 5);
  EXPECT_EQ(found.checkpoints, 3);
}

TEST_F(AuditRestoreTest, FindsARestoreOfARegisterThatWasNotTheSignedOne) {
  begin_log();
  append_many(5);
  begin_restored_log(sign({.size = 4, .root = {7}}));
  EXPECT_THAT(faults(),
              ElementsAre(StartsWith("The checkpoint that the restore in record 5 names was signed for another "
                                     "tree of 4 records")));
}

TEST_F(AuditRestoreTest, FindsItAlsoWhereTheKeyOfTheLogBeforeIsNotKnown) {
  begin_log();
  append_many(5);
  begin_restored_log(merkle::sign_checkpoint({.origin = "log/9", .tree = {.size = 4, .root = {7}}, .extensions = {}},
                                             SigningKey::generate(random_))
                         .to_string(),
                     "log/9");
  EXPECT_THAT(faults(), ElementsAre(HasSubstr("was signed for another tree of 4 records")));
}

TEST_F(AuditRestoreTest, TakesARestoreThatLacksRecords) {
  begin_log();
  append_many(5);
  keep_checkpoint();
  begin_restored_log(sign({.size = 9, .root = {7}}));
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditRestoreTest, FindsARestoreWhoseCheckpointNobodySigned) {
  begin_log();
  append_many(5);
  auto forged = sign({.size = 9, .root = {7}});
  forged.replace(forged.find("\n9\n"), 3, "\n8\n");
  begin_restored_log(forged);
  EXPECT_THAT(faults(),
              ElementsAre("Record 5 tells of a restore, but the checkpoint that it names is not signed by its "
                          "log's key."));
}

TEST_F(AuditRestoreTest, FindsARestoreThatNamesNoCheckpointOrAnotherSize) {
  begin_log();
  append_many(2);
  connection_.prepare("INSERT INTO log_origin(verifier_key, first_size) VALUES(?, 2)")
      .bind(1, std::string_view(restored_verifier().to_string()))
      .run();
  append_restore({{"size", 1}});
  EXPECT_THAT(faults(), ElementsAre("Record 2 tells of a restore, but of 1 records.",
                                    "Record 2 tells of a restore, but names no checkpoint of the log before."));
}

TEST_F(AuditRestoreTest, TakesNoRestoreThatAHostKeyClaims) {
  begin_log();
  append_many(2);
  connection_.prepare("INSERT INTO log_origin(verifier_key, first_size) VALUES(?, 2)")
      .bind(1, std::string_view(restored_verifier().to_string()))
      .run();
  append_restore({{"checkpoint", sign(tree_->head())}, {"origin", "log/1"}, {"size", 2}}, "host-key");
  EXPECT_THAT(faults(),
              ElementsAre("Key 2 of the log begins with record 2, which tells of neither a restore nor a rotation."));
}

TEST_F(AuditRestoreTest, FindsThatTheLogGoesOnUnderAKeyThatWasNotGiven) {
  begin_log();
  append_many(5);
  keep_checkpoint();
  begin_restored_log(sign(tree_->head()));
  EXPECT_THAT(faults({.notes = {}, .stored_notes = 0, .keys = {verifier()}}),
              ElementsAre(StartsWith("From record 5 on the log was signed with the key log/2+")));
  connection_.execute("BEGIN");
  EXPECT_THAT(faults({.notes = {}, .stored_notes = 0, .keys = {restored_verifier()}}), IsEmpty());
}

TEST_F(AuditRestoreTest, FindsThatAHeadIsOfALogThatARestoreEnded) {
  begin_log();
  append_many(5);
  keep_checkpoint();
  const auto ended = sign(tree_->head());
  begin_restored_log(ended);
  EXPECT_THAT(faults({.notes = {{.name = "The head", .size = 5, .note = ended}}, .stored_notes = 1, .keys = {}}),
              ElementsAre("The head is not of the log's present name."));
}

TEST_F(AuditRestoreTest, FindsThatWhatMustBeSignedIsNot) {
  const AuditEvidence evidence{.notes = {}, .stored_notes = 0, .keys = {}, .must_be_signed = true};
  EXPECT_THAT(faults(evidence), IsEmpty());
  connection_.execute("BEGIN");
  append_many(3);
  EXPECT_THAT(faults(evidence), ElementsAre("There are 3 records, but no name and key of their log."));
  connection_.execute("BEGIN");
  begin_log();
  connection_.execute("UPDATE log_origin SET first_size = 0");
  EXPECT_THAT(faults(evidence), ElementsAre("The newest checkpoint is missing: it is none of the log log/1."));
  connection_.execute("BEGIN");
  keep_checkpoint();
  EXPECT_THAT(faults(evidence), IsEmpty());
  connection_.execute("BEGIN");
  begin_restored_log(sign(tree_->head()));
  connection_.execute("DELETE FROM checkpoint WHERE row = 2");
  EXPECT_THAT(faults(evidence), ElementsAre("The newest checkpoint is missing: it is none of the log log/2."));
}

TEST_F(AuditRestoreTest, HoldsACopyAgainstWhatItCoversOfTheHead) {
  begin_log();
  append_many(4);
  keep_checkpoint();
  const auto evidence = [this](std::uint64_t size) {
    return AuditEvidence{.notes = {{.name = "The head",
                                    .size = size,
                                    .note = sign({.size = size, .root = {7}}),
                                    .is_from_before_restore = true}},
                         .stored_notes = 0,
                         .keys = {}};
  };
  EXPECT_THAT(faults(evidence(5)), IsEmpty());
  connection_.execute("BEGIN");
  EXPECT_THAT(faults(evidence(4)), ElementsAre(StartsWith("The head was signed for another tree of 4 records")));
}

}  // namespace
}  // namespace assay::sqlite
