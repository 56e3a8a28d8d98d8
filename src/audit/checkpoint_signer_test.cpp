#include "audit/checkpoint_signer.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>

#include "audit/memory_store.hpp"
#include "audit/testing.hpp"
#include "base/fixed_clock.hpp"
#include "base/temporary_folder.hpp"

namespace assay::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class CheckpointSignerTest : public testing::Test {
 protected:
  template <class T>
  T run(Awaitable<T> work) {
    return run_on(context_, std::move(work));
  }

  void append(int records) { append_some(store_, random_, records); }

  merkle::TreeHead signed_tree(const std::string& note) const {
    const merkle::VerifierKey key{.name = "log.test/1", .key = key_.verifying_key()};
    return merkle::open_checkpoint(note, {&key, 1})->tree;
  }

  // Outlives the signer, whose threads wake it.
  boost::asio::io_context context_{1};
  SystemRandom random_;
  SigningKey key_ = SigningKey::generate(random_);
  FixedClock clock_{Timestamp(std::chrono::milliseconds(1'700'000'000'000))};
  telemetry::Log log_{"test", telemetry::Level::kError};
  MemoryStore store_;
  TemporaryFolder folder_;
  HeadFile head_file_{folder_.path() / "log.head"};
  CheckpointSigner signer_{
      store_, head_file_, {.signer = {.origin = "log.test/1", .key = key_}, .newest = {}}, clock_, log_};
};

TEST_F(CheckpointSignerTest, SignsTheTreeForWhoWantsAProof) {
  append(3);
  const auto tree = run(signer_.covering(2));
  EXPECT_EQ(tree->tree, store_.head());
  EXPECT_EQ(signed_tree(tree->note), store_.head());
  EXPECT_EQ(signer_.newest(), tree);
}

TEST_F(CheckpointSignerTest, KeepsWhatItSignsInTheHeadFileAndTheStore) {
  append(1);
  const auto first = run(signer_.covering(0));
  append(1);
  const auto second = run(signer_.covering(1));
  EXPECT_THAT(store_.checkpoints, ElementsAre(first->note, second->note));
  EXPECT_THAT(head_file_.read(), testing::UnorderedElementsAre(first->note, second->note));
}

TEST_F(CheckpointSignerTest, TakesTheTreeThatIsSignedAlready) {
  append(3);
  const auto tree = run(signer_.covering(2));
  append(1);
  EXPECT_EQ(run(signer_.covering(0)), tree);
  EXPECT_THAT(store_.checkpoints, SizeIs(1));
}

TEST_F(CheckpointSignerTest, SignsOnceForAllWhoWait) {
  append(50);
  context_.restart();
  std::vector<std::shared_ptr<const SignedTree>> trees;
  const auto wait = [](CheckpointSigner* signer, std::uint64_t index,
                       std::vector<std::shared_ptr<const SignedTree>>* out) -> Awaitable<void> {
    out->push_back(co_await signer->covering(index));
  };
  for (std::uint64_t index = 0; index < 50; ++index) {
    boost::asio::co_spawn(context_, wait(&signer_, index, &trees), boost::asio::detached);
  }
  context_.run();
  EXPECT_THAT(trees, SizeIs(50));
  EXPECT_THAT(store_.checkpoints, SizeIs(1));
}

TEST_F(CheckpointSignerTest, SignsAnEmptyTreeToo) {
  run(signer_.sign_newest());
  EXPECT_EQ(signer_.newest()->tree.size, 0U);
  run(signer_.sign_newest());
  EXPECT_THAT(store_.checkpoints, SizeIs(1));
}

TEST_F(CheckpointSignerTest, ShowsNothingThatIsNotInTheHeadFile) {
  append(1);
  HeadFile nowhere(folder_.path() / "none" / "log.head");
  CheckpointSigner signer(store_, nowhere, {.signer = {.origin = "log.test/1", .key = key_}, .newest = {}}, clock_,
                          log_);
  EXPECT_THROW(run(signer.covering(0)), Unavailable);
  EXPECT_EQ(signer.newest(), nullptr);
  EXPECT_THAT(signer.failure(), HasSubstr("log.head"));
}

TEST_F(CheckpointSignerTest, KeepsWhatCouldNotBeKeptAlsoWhereNothingGrowsAnyMore) {
  append(1);
  store_.is_away = true;
  run(signer_.covering(0));
  EXPECT_NE(signer_.failure(), "");
  run(signer_.sign_newest());
  EXPECT_NE(signer_.failure(), "");
  store_.is_away = false;
  run(signer_.sign_newest());
  EXPECT_THAT(store_.checkpoints, SizeIs(1));
  EXPECT_EQ(signer_.failure(), "");
}

TEST_F(CheckpointSignerTest, SignsNothingMoreBeforeTheLastOneIsKept) {
  append(1);
  store_.is_away = true;
  EXPECT_EQ(run(signer_.covering(0))->tree.size, 1U);
  EXPECT_NE(signer_.failure(), "");
  store_.is_away = false;
  append(1);
  store_.is_away = true;
  EXPECT_THROW(run(signer_.covering(1)), Unavailable);
  store_.is_away = false;
  run(signer_.covering(1));
  EXPECT_THAT(store_.checkpoints, SizeIs(2));
  EXPECT_EQ(signer_.failure(), "");
}

}  // namespace
}  // namespace assay::audit
