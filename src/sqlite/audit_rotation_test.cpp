#include "sqlite/audit_rotation.hpp"

#include "sqlite/audit_examination_fixture.hpp"

namespace assay::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A log of three records and a checkpoint, whose key is then rotated.
class AuditRotationTest : public AuditExaminationTest {
 protected:
  AuditRotationTest() {
    begin_log();
    append_many(3);
    keep_checkpoint();
  }

  merkle::VerifierKey rotated() const { return {.name = "log/1", .key = rotated_key_.verifying_key()}; }

  void begin_key(const merkle::VerifierKey& key) {
    connection_.prepare("INSERT INTO log_origin(verifier_key, first_size) VALUES(?, ?)")
        .bind(1, std::string_view(key.to_string()))
        .bind(2, static_cast<std::int64_t>(size_))
        .run();
  }

  void tell(const json::object& what, const std::string& actor_kind = "operator") {
    append_log_record("rotate", what, actor_kind);
  }

  void rotate() {
    begin_key(rotated());
    tell({{"key", rotated().to_string()}, {"size", size_}});
  }

  merkle::Note sign_with(const SigningKey& key) const {
    return merkle::sign_checkpoint({.origin = "log/1", .tree = tree_->head(), .extensions = {}}, key);
  }

  void keep_with_both() {
    auto note = sign_with(rotated_key_);
    note.signatures.push_back(merkle::sign_note(note.text, "log/1", key_));
    keep(note);
  }

  SigningKey rotated_key_ = SigningKey::generate(random_);
};

TEST_F(AuditRotationTest, IsToldAndIsNoRestore) {
  rotate();
  keep_with_both();
  append_many(2);
  keep(sign_with(rotated_key_));
  const auto found = examine({.notes = {}, .stored_notes = 0, .keys = {verifier(), rotated()}, .must_be_signed = true});
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_THAT(found.restores, IsEmpty());
  ASSERT_EQ(found.rotations.size(), 1);
  EXPECT_EQ(found.rotations[0].index, 3);
  EXPECT_EQ(found.rotations[0].key, rotated().to_string());
  EXPECT_EQ(found.logs, 1);
  EXPECT_EQ(found.checkpoints, 3);
}

TEST_F(AuditRotationTest, TheOldKeyAloneIsEnoughWhileItSigns) {
  rotate();
  keep_with_both();
  const AuditEvidence evidence{.notes = {}, .stored_notes = 0, .keys = {verifier()}};
  EXPECT_THAT(faults(evidence), IsEmpty());
  connection_.execute("BEGIN");
  append_many(1);
  keep(sign_with(rotated_key_));
  EXPECT_THAT(faults(evidence), ElementsAre(fmt::format(
                                    "From record 3 on the log was signed with the key {}, which was not given: if you "
                                    "know of that rotation, give it too.",
                                    rotated().to_string())));
}

TEST_F(AuditRotationTest, TakesACheckpointOfEitherKeyAtTheSizeWithWhichTheNewOneBegins) {
  keep(sign_with(rotated_key_));
  rotate();
  keep_with_both();
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditRotationTest, FindsACheckpointThatTheKeyBeforeSignedAlone) {
  rotate();
  keep(sign_with(key_));
  EXPECT_THAT(faults(), ElementsAre("Checkpoint 2 is not signed by the key that its log had at that size."));
}

TEST_F(AuditRotationTest, FindsACheckpointThatTheKeySignedBeforeItWasInForce) {
  append_many(1);
  keep(sign_with(rotated_key_));
  append_many(1);
  rotate();
  EXPECT_THAT(faults(), ElementsAre("Checkpoint 2 is not signed by the key that its log had at that size."));
}

TEST_F(AuditRotationTest, FindsAKeyThatNoRecordTells) {
  begin_key(rotated());
  append_many(1);
  EXPECT_THAT(faults(),
              ElementsAre("Key 2 of the log has the name of an earlier one.",
                          "Key 2 of the log begins with record 3, which tells of neither a restore nor a rotation."));
}

TEST_F(AuditRotationTest, FindsAKeyThatIsNotTheOneThatTheRecordTells) {
  const merkle::VerifierKey other{.name = "log/1", .key = SigningKey::generate(random_).verifying_key()};
  begin_key(rotated());
  tell({{"key", other.to_string()}, {"size", 3}});
  EXPECT_THAT(faults(), ElementsAre(fmt::format("Key 2 of the log is not the one that record 3, with which it begins, "
                                                "tells of: {}.",
                                                other.to_string())));
}

TEST_F(AuditRotationTest, FindsARotationOfAnotherSizeOrName) {
  const merkle::VerifierKey other{.name = "log/7", .key = rotated_key_.verifying_key()};
  begin_key(other);
  tell({{"key", other.to_string()}, {"size", 2}});
  EXPECT_THAT(faults(),
              ElementsAre("Key 2 of the log has another name than the one before it, which it was rotated from.",
                          "Record 3 tells of a rotation of the log's key, but of another size.",
                          StartsWith("Record 3 tells of a rotation of the log's key, but no key begins with it")));
}

TEST_F(AuditRotationTest, FindsARecordWhoseKeyIsNotThere) {
  tell({{"key", rotated().to_string()}, {"size", 3}});
  EXPECT_THAT(faults(),
              ElementsAre(fmt::format("Record 3 tells of a rotation of the log's key, but no key begins with it: {}.",
                                      rotated().to_string())));
}

TEST_F(AuditRotationTest, TakesNoRotationThatAHostKeyClaims) {
  tell({{"key", rotated().to_string()}, {"size", 3}}, "host-key");
  EXPECT_THAT(faults(), IsEmpty());
  connection_.execute("BEGIN");
  begin_key(rotated());
  tell({{"key", rotated().to_string()}, {"size", 4}}, "host-key");
  EXPECT_THAT(faults(), testing::Contains(HasSubstr("tells of neither a restore nor a rotation")));
}

TEST_F(AuditRotationTest, ARestoreBehindItIsToldBesideIt) {
  rotate();
  keep_with_both();
  begin_restored_log(sign_with(rotated_key_).to_string());
  const auto found = examine({.notes = {}, .stored_notes = 0, .keys = {verifier(), rotated(), restored_verifier()}});
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_EQ(found.rotations.size(), 1);
  EXPECT_EQ(found.restores.size(), 1);
  EXPECT_EQ(found.logs, 2);
}

TEST_F(AuditRotationTest, ARestoreOfABackupFromBeforeItNamesACheckpointOfAKeyThatIsNotKnown) {
  const auto lost =
      merkle::sign_checkpoint({.origin = "log/1", .tree = {.size = 9, .root = {7}}, .extensions = {}}, rotated_key_);
  begin_restored_log(lost.to_string());
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditRotationTest, ButNoneOfThatKeyForWhatWasRestored) {
  begin_restored_log(sign_with(rotated_key_).to_string());
  EXPECT_THAT(faults(),
              ElementsAre("Record 3 tells of a restore, but the checkpoint that it names is not signed by its "
                          "log's key."));
}

}  // namespace
}  // namespace assay::sqlite
