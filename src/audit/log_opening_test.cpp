#include "audit/log_opening.hpp"

#include <gmock/gmock.h>

#include "audit/memory_store.hpp"
#include "audit/testing.hpp"
#include "base/private_file.hpp"
#include "base/temporary_folder.hpp"

namespace assay::audit {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// A store whose log's origin, or whose checkpoints, can't be written.
class FailingStore final : public Store {
 public:
  explicit FailingStore(MemoryStore& store) : store_(store) {}

  Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> records, telemetry::SpanPlace under) override {
    return store_.append(std::move(records), std::move(under));
  }
  Awaitable<IntentPage> read_intents(std::uint64_t from) override { return store_.read_intents(from); }
  merkle::TreeHead head() const override { return store_.head(); }
  std::vector<LogOrigin> read_origins() const override { return store_.read_origins(); }
  Awaitable<std::uint64_t> begin_origin(std::string verifier_key,
                                        std::function<std::vector<NewRecord>(std::uint64_t)> tell) override {
    if (fails_before_origin) throw Unavailable("the disk is full");
    return store_.begin_origin(std::move(verifier_key), std::move(tell));
  }
  std::string read_newest_checkpoint() const override { return store_.read_newest_checkpoint(); }
  Awaitable<void> keep_checkpoint(std::uint64_t /*size*/, std::string /*note*/) override {
    throw Unavailable("the disk is full");
  }
  Awaitable<Result<Erased>> erase(Erasure erasure, telemetry::SpanPlace under) override {
    return store_.erase(std::move(erasure), std::move(under));
  }
  Awaitable<OldRecords> find_older(Timestamp moment, std::uint64_t from) override {
    return store_.find_older(moment, from);
  }
  std::unique_ptr<LogReader> open_reader() const override { return store_.open_reader(); }

  bool fails_before_origin = false;

 private:
  MemoryStore& store_;
};

class LogOpeningTest : public testing::Test {
 protected:
  LogOpeningTest() { std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all); }

  OpenedLog open() { return open(store_); }
  OpenedLog open(Store& store) {
    HeadFile head(head_path());
    return run(
        open_log({.store = store,
                  .keys = keys_,
                  .head_file = head,
                  .restored_mark = mark(),
                  .origin_prefix = "log.test",
                  .restorer = {.kind = "operator", .id = "0", .name = "root", .on_behalf_of = {}, .purpose_of_use = {}},
                  .key_overlap = std::chrono::days(30),
                  .random = random_,
                  .clock = clock_}));
  }

  /// A record is changed, and all that follows from it in the store.
  void rewrite(std::size_t index) { store_.memory.entries.at(index)[0] ^= 1; }

  void mark_as_restored() { write_private_file(mark(), "restored\n"); }

  /// Signs the tree as it is now, in the head file and the store.
  SignedTree sign(const LogSigner& signer) {
    auto tree = signer.sign(store_.head(), clock_.now());
    HeadFile(head_path()).write(tree.note, {});
    store_.checkpoints.push_back(tree.note);
    return tree;
  }

  void append(int records) { append_some(store_, random_, records); }

  std::string refusal() {
    try {
      open();
    } catch (const Refusal& refusal) {
      return refusal.what();
    }
    return "none";
  }

  std::filesystem::path head_path() const { return folder_.path() / "log.head"; }
  std::filesystem::path mark() const { return folder_.path() / "restored"; }

  TemporaryFolder folder_;
  std::vector<SensitiveText> keys_{SensitiveText("a secret")};
  SystemRandom random_;
  SystemClock clock_;
  MemoryStore store_;
};

TEST_F(LogOpeningTest, TheFirstStartMakesNameAndKey) {
  const auto log = open();
  EXPECT_THAT(log.signer.origin, StartsWith("log.test/"));
  EXPECT_EQ(log.newest->tree, store_.head());
  EXPECT_THAT(HeadFile(head_path()).read(), ElementsAre(log.newest->note, log.newest->note));
  EXPECT_THAT(store_.checkpoints, ElementsAre(log.newest->note));
  ASSERT_THAT(store_.origins, SizeIs(1));
  EXPECT_EQ(store_.origins[0].first_size, 0U);
  EXPECT_EQ(merkle::VerifierKey::parse(store_.origins[0].verifier_key)->key.bytes,
            log.signer.key.verifying_key().bytes);
}

TEST_F(LogOpeningTest, LaterStartsFindThemAndTheNewestCheckpoint) {
  const auto first = open();
  append(3);
  const auto signed_tree = sign(first.signer);
  append(2);
  const auto again = open();
  EXPECT_EQ(again.signer.origin, first.signer.origin);
  EXPECT_EQ(again.newest->note, signed_tree.note);
  EXPECT_THAT(store_.origins, SizeIs(1));
}

TEST_F(LogOpeningTest, AStartAfterACrashKeepsWhatOnlyTheHeadHas) {
  const auto first = open();
  append(3);
  const auto signed_tree = sign(first.signer);
  store_.checkpoints.pop_back();
  open();
  EXPECT_EQ(store_.read_newest_checkpoint(), signed_tree.note);
  open();
  EXPECT_THAT(store_.checkpoints, SizeIs(2));
}

TEST_F(LogOpeningTest, AFirstStartBrokenOffIsFinishedByTheNext) {
  FailingStore failing(store_);
  failing.fails_before_origin = true;
  EXPECT_THROW(open(failing), Unavailable);
  open();
  EXPECT_THAT(store_.origins, SizeIs(1));
  open();
}

TEST_F(LogOpeningTest, AStoreBehindTheHeadIsRefused) {
  const auto log = open();
  append(3);
  sign(log.signer);
  store_.memory.entries.pop_back();
  EXPECT_THAT(refusal(), HasSubstr("is older than the log's head"));
}

TEST_F(LogOpeningTest, AStoreOfOtherEntriesIsRefused) {
  const auto log = open();
  append(3);
  sign(log.signer);
  rewrite(1);
  append(5);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("is not the one whose 3 entries were signed"), Not(HasSubstr("then assay"))));
}

TEST_F(LogOpeningTest, AStoreWithNeitherHeadNorCheckpointIsRefused) {
  open();
  append(3);
  store_.checkpoints.clear();
  std::filesystem::remove(head_path());
  EXPECT_THAT(refusal(), AllOf(HasSubstr("is lost"), HasSubstr("no checkpoint of its log either")));
  mark_as_restored();
  EXPECT_THAT(refusal(), HasSubstr("no checkpoint of its log either"));
}

TEST_F(LogOpeningTest, AStoreWhoseLogWasTakenAwayAsWellIsRefusedForItsRecords) {
  open();
  append(3);
  store_.checkpoints.clear();
  store_.origins.clear();
  EXPECT_THAT(refusal(), HasSubstr("is of no log"));
  std::filesystem::remove(head_path());
  EXPECT_THAT(refusal(), HasSubstr("name and key of their log are lost"));
  mark_as_restored();
  EXPECT_THAT(refusal(), HasSubstr("name and key of their log are lost"));
}

TEST_F(LogOpeningTest, AStoreThatHasCheckpointsOfALogWithoutNameIsRefused) {
  open();
  store_.origins.clear();
  std::filesystem::remove(head_path());
  EXPECT_THAT(refusal(), HasSubstr("name and key of their log are lost"));
}

TEST_F(LogOpeningTest, AFirstStartWhoseHeadCanNotBeWrittenIsDoneByTheNext) {
  std::filesystem::create_directory(head_path());
  EXPECT_THROW(open(), Refusal);
  std::filesystem::remove(head_path());
  EXPECT_EQ(open().newest->tree, store_.head());
}

TEST_F(LogOpeningTest, AnotherSecretIsRefusedAndAnOlderVersionOfItIsNot) {
  const auto first = open();
  keys_ = {SensitiveText("another")};
  EXPECT_THAT(refusal(), HasSubstr("audit-log-key is not the one"));
  keys_.emplace_back("a secret");
  EXPECT_EQ(open().signer.origin, first.signer.origin);
}

TEST_F(LogOpeningTest, ACheckpointOfTheStoreAloneDoesNotStandForTheHead) {
  const auto log = open();
  append(1);
  sign(log.signer);
  std::filesystem::remove(head_path());
  EXPECT_THAT(refusal(), HasSubstr("is lost"));
}

TEST_F(LogOpeningTest, AHeadWithoutALogInTheStoreIsRefused) {
  const auto log = open();
  append(1);
  sign(log.signer);
  store_ = MemoryStore();
  EXPECT_THAT(refusal(), HasSubstr("is of no log"));
}

TEST_F(LogOpeningTest, ARestoreBeginsANewNameAndKeyAndTellsOfTheOld) {
  const auto old = open();
  append(3);
  const auto last = sign(old.signer);
  store_.memory.entries.pop_back();
  store_.checkpoints.clear();
  mark_as_restored();
  const auto log = open();
  EXPECT_NE(log.signer.origin, old.signer.origin);
  EXPECT_NE(log.signer.key.verifying_key().bytes, old.signer.key.verifying_key().bytes);
  EXPECT_EQ(store_.origins.back().first_size, 2U);
  const auto& told = *store_.records.back().resource;
  EXPECT_EQ(told.operation, "restore");
  EXPECT_EQ(*told.id,
            canonical_json(json::object{{"checkpoint", last.note}, {"origin", old.signer.origin}, {"size", 2}}));
  EXPECT_FALSE(std::filesystem::exists(mark()));
  EXPECT_EQ(open().newest->note, log.newest->note);
}

TEST_F(LogOpeningTest, ARestoreOfADatabaseWithoutRecordsTellsItsSize) {
  mark_as_restored();
  open();
  EXPECT_EQ(*store_.records.back().resource->id, R"({"size":0})");
}

TEST_F(LogOpeningTest, ARestoredStoreThatContradictsTheHeadIsRefused) {
  const auto log = open();
  append(3);
  sign(log.signer);
  append(2);
  store_.checkpoints.resize(1);
  rewrite(1);
  mark_as_restored();
  EXPECT_THAT(refusal(), HasSubstr("is not the one whose 3 entries were signed"));
  EXPECT_THAT(store_.origins, SizeIs(1));
}

TEST_F(LogOpeningTest, ARestoredStoreThatContradictsItsOwnCheckpointIsRefused) {
  const auto log = open();
  append(3);
  sign(log.signer);
  std::filesystem::remove(head_path());
  rewrite(1);
  mark_as_restored();
  EXPECT_THAT(refusal(), HasSubstr("is not the one whose 3 entries were signed"));
}

TEST_F(LogOpeningTest, AMarkThatNamesTheLogsOwnKeyIsNoWitness) {
  open();
  append(1);
  mark_as_restored();
  const auto log = open();
  const auto shown = log.newest->note;
  append(3);
  sign(log.signer);
  // Back to where the log began, and on under its name.
  store_.memory.entries.resize(2);
  store_.checkpoints.resize(2);
  rewrite(0);
  std::filesystem::remove(head_path());
  for (const auto& witness : {store_.origins.back().verifier_key, shown}) {
    write_private_file(mark(), witness);
    EXPECT_THAT(refusal(), HasSubstr("is not the one whose 2 entries were signed"));
    std::filesystem::remove(mark());
  }
}

TEST_F(LogOpeningTest, ARestoreBrokenOffIsFinishedByTheNextStart) {
  const auto old = open();
  append(3);
  sign(old.signer);
  store_.memory.entries.pop_back();
  store_.memory.ids.pop_back();
  store_.checkpoints.resize(1);
  mark_as_restored();
  FailingStore failing(store_);
  failing.fails_before_origin = true;
  EXPECT_THROW(open(failing), Unavailable);
  failing.fails_before_origin = false;
  EXPECT_THROW(open(failing), Unavailable);
  const auto log = open();
  EXPECT_THAT(store_.origins, SizeIs(2));
  EXPECT_THAT(store_.memory.entries, SizeIs(3));
  EXPECT_EQ(open().signer.origin, log.signer.origin);
}

}  // namespace
}  // namespace assay::audit
