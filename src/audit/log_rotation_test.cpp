#include "audit/log_rotation.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "audit/memory_store.hpp"
#include "audit/testing.hpp"
#include "base/fixed_clock.hpp"
#include "base/json.hpp"
#include "base/private_file.hpp"
#include "base/temporary_folder.hpp"
#include "merkle/note.hpp"

namespace assay::audit {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::chrono::days kOverlap{30};

/// A log that was begun with the secret's version "old". Each part of it can be opened again, as a restart does.
class LogRotationTest : public testing::Test {
 protected:
  LogRotationTest() {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all);
    store_.date = clock_.now();
    start({SensitiveText("old")});
    append(3);
  }

  template <class T>
  T run(Awaitable<T> work) {
    return run_on(context_, std::move(work));
  }

  void start(std::vector<SensitiveText> versions) {
    auto log = run(open_log({.store = store_,
                             .keys = std::move(versions),
                             .head_file = head_file_,
                             .restored_mark = folder_.path() / "restored",
                             .origin_prefix = "log.test",
                             .restorer = operator_,
                             .key_overlap = overlap_,
                             .random = random_,
                             .clock = clock_}));
    auto in_force = log.signer;
    signer_.emplace(store_, head_file_, std::move(log), clock_, log_);
    rotation_.emplace(LogRotation::Parameters{.store = store_,
                                              .signer = *signer_,
                                              .in_force = std::move(in_force),
                                              .overlap = overlap_,
                                              .rotator = operator_,
                                              .random = random_,
                                              .clock = clock_});
  }

  void append(int records) { append_some(store_, random_, records); }

  std::optional<std::string> rotate() { return run(rotation_->take(SensitiveText("new"))); }

  /// How many keys sign a tree that grows by one record now.
  std::size_t count_signatures() {
    append(1);
    run(signer_->sign_newest());
    return merkle::Note::parse(signer_->newest()->note)->signatures.size();
  }

  bool is_signed_by(const std::string& verifier_key) {
    const auto verifier = merkle::VerifierKey::parse(verifier_key).value();
    return merkle::open_checkpoint(signer_->newest()->note, {&verifier, 1}).has_value();
  }

  // Outlives the signer, whose threads wake it.
  boost::asio::io_context context_{1};
  std::chrono::days overlap_ = kOverlap;
  Principal operator_{.kind = "operator", .id = "0", .name = "root", .on_behalf_of = {}, .purpose_of_use = {}};
  SystemRandom random_;
  FixedClock clock_;
  telemetry::Log log_{"test", telemetry::Level::kError};
  MemoryStore store_;
  TemporaryFolder folder_;
  HeadFile head_file_{folder_.path() / "log.head"};
  std::optional<CheckpointSigner> signer_;
  std::optional<LogRotation> rotation_;
};

TEST_F(LogRotationTest, TellsTheNewKeyInARecordAndAnOriginOfTheSameName) {
  const auto key = rotate().value();
  ASSERT_THAT(store_.origins, SizeIs(2));
  EXPECT_EQ(store_.origins[1].verifier_key, key);
  EXPECT_EQ(store_.origins[1].first_size, 3U);
  EXPECT_EQ(merkle::VerifierKey::parse(key)->name, merkle::VerifierKey::parse(store_.origins[0].verifier_key)->name);
  const auto& told = store_.records.back();
  EXPECT_EQ(told.source_system_name, kAuditSource);
  EXPECT_EQ(told.actor, operator_);
  EXPECT_EQ(
      *told.resource,
      (Resource{.type = "log", .id = canonical_json(json::object{{"key", key}, {"size", 3}}), .operation = "rotate"}));
}

TEST_F(LogRotationTest, IsDoneOnce) {
  EXPECT_FALSE(run(rotation_->take(SensitiveText("old"))));
  EXPECT_TRUE(rotate());
  EXPECT_FALSE(rotate());
  start({SensitiveText("new"), SensitiveText("old")});
  EXPECT_FALSE(rotate());
  EXPECT_THAT(store_.origins, SizeIs(2));
}

TEST_F(LogRotationTest, GoesBackToNoKeyThatTheLogHadBefore) {
  rotate();
  EXPECT_FALSE(run(rotation_->take(SensitiveText("old"))));
  EXPECT_THAT(store_.origins, SizeIs(2));
}

TEST_F(LogRotationTest, HasBothKeysSignUntilTheOverlapIsOver) {
  EXPECT_EQ(count_signatures(), 1U);
  rotate();
  EXPECT_EQ(count_signatures(), 2U);
  EXPECT_TRUE(is_signed_by(store_.origins[0].verifier_key));
  EXPECT_TRUE(is_signed_by(store_.origins[1].verifier_key));
  clock_.moment += kOverlap;
  EXPECT_EQ(count_signatures(), 1U);
  EXPECT_TRUE(is_signed_by(store_.origins[1].verifier_key));
}

TEST_F(LogRotationTest, KeepsTheOverlapOverARestart) {
  rotate();
  clock_.moment += kOverlap - std::chrono::milliseconds(1);
  start({SensitiveText("new"), SensitiveText("old")});
  EXPECT_EQ(count_signatures(), 2U);
  clock_.moment += std::chrono::milliseconds(1);
  EXPECT_EQ(count_signatures(), 1U);
  start({SensitiveText("new"), SensitiveText("old")});
  EXPECT_EQ(count_signatures(), 1U);
}

TEST_F(LogRotationTest, SignsWithTheNewKeyAloneWhereTheOldOneIsGone) {
  rotate();
  count_signatures();
  start({SensitiveText("newer"), SensitiveText("new")});
  EXPECT_EQ(count_signatures(), 1U);
  EXPECT_TRUE(is_signed_by(store_.origins[1].verifier_key));
}

TEST_F(LogRotationTest, WithoutOverlapTheNewKeySignsWhatHasItsRecordAlone) {
  overlap_ = std::chrono::days(0);
  start({SensitiveText("old")});
  rotate();
  EXPECT_EQ(count_signatures(), 1U);
  EXPECT_TRUE(is_signed_by(store_.origins[1].verifier_key));
}

TEST_F(LogRotationTest, BrokenOffBeforeItsRecordLeavesALogThatTheOldKeySigns) {
  overlap_ = std::chrono::days(0);
  start({SensitiveText("old")});
  store_.is_away = true;
  EXPECT_THROW(rotate(), Unavailable);
  store_.is_away = false;
  EXPECT_THAT(store_.origins, SizeIs(1));
  EXPECT_EQ(count_signatures(), 2U);
  EXPECT_TRUE(is_signed_by(store_.origins[0].verifier_key));
  start({SensitiveText("new"), SensitiveText("old")});
  EXPECT_TRUE(is_signed_by(store_.origins[0].verifier_key));
  EXPECT_TRUE(rotate());
}

TEST_F(LogRotationTest, BrokenOffBehindItsRecordIsSignedOn) {
  run(signer_->sign_newest());
  rotate();
  // What was signed last is by the old key alone, of a tree without the record.
  start({SensitiveText("new"), SensitiveText("old")});
  EXPECT_EQ(signer_->newest()->tree.size, 3U);
  EXPECT_EQ(count_signatures(), 2U);
}

TEST_F(LogRotationTest, AKeyThatWasRotatedAwaySignsNothingAtALaterStart) {
  rotate();
  append(2);
  const auto forged =
      find_signer(std::vector{SensitiveText("old")}, store_.origins[0].verifier_key)->sign(store_.head(), clock_.now());
  head_file_.write(forged.note, {});
  head_file_.write(forged.note, forged.note);
  EXPECT_THROW(start({SensitiveText("new"), SensitiveText("old")}), Refusal);
}

TEST_F(LogRotationTest, ADatabaseFromBeforeTheRotationIsOlderThanTheHead) {
  overlap_ = std::chrono::days(0);
  start({SensitiveText("old")});
  run(signer_->sign_newest());
  const auto before = store_;
  rotate();
  count_signatures();
  count_signatures();
  store_ = before;
  try {
    start({SensitiveText("new"), SensitiveText("old")});
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_THAT(refusal.what(), testing::HasSubstr("is older than the log's head"));
  }
}

TEST_F(LogRotationTest, ARestoreBehindItBeginsALogOfItsNewestKey) {
  rotate();
  count_signatures();
  write_private_file(folder_.path() / "restored", "restored\n");
  start({SensitiveText("new"), SensitiveText("old")});
  ASSERT_THAT(store_.origins, SizeIs(3));
  EXPECT_TRUE(find_signer(std::vector{SensitiveText("new")}, store_.origins[2].verifier_key));
  EXPECT_EQ(count_signatures(), 1U);
  EXPECT_FALSE(rotate());
}

}  // namespace
}  // namespace assay::audit
