#include "audit/retention.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "audit/memory_store.hpp"
#include "audit/testing.hpp"
#include "base/fixed_clock.hpp"

namespace assay::audit {
namespace {

class RetentionTest : public testing::Test {
 protected:
  bool erase_some() { return run(retention_.erase_some()); }

  MemoryStore store_;
  FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
  SystemRandom random_;
  Retention retention_{store_, clock_, random_, std::chrono::days(30)};
};

TEST_F(RetentionTest, ErasesWhatIsOlderThanItIsKeptAndSaysWhy) {
  store_.old_records = {.indexes = {3, 5}, .next = 6, .is_last = true};
  EXPECT_FALSE(erase_some());
  EXPECT_EQ(store_.asked_older_than, clock_.moment - std::chrono::days(30));
  ASSERT_EQ(store_.erasures.size(), 1U);
  EXPECT_THAT(store_.erasures[0].indexes, testing::ElementsAre(3, 5));
  EXPECT_EQ(store_.erasures[0].reason, "retention of 30 days");
  EXPECT_EQ(store_.erasures[0].actor.kind, "service");
}

TEST_F(RetentionTest, GoesOnWhereItWas) {
  store_.old_records = {.indexes = {0}, .next = 1'000, .is_last = false};
  EXPECT_TRUE(erase_some());
  store_.old_records = {.indexes = {}, .next = 1'200, .is_last = true};
  EXPECT_FALSE(erase_some());
  EXPECT_EQ(store_.asked_from, 1'000U);
  EXPECT_EQ(store_.erasures.size(), 1U);
}

TEST_F(RetentionTest, TriesTheSameAgainWhenItFailed) {
  store_.old_records = {.indexes = {0}, .next = 1, .is_last = true};
  store_.problem = Problem{.status = 500, .detail = "no"};
  EXPECT_THROW(erase_some(), std::runtime_error);
  EXPECT_EQ(store_.asked_from, 0U);
  store_.problem.reset();
  EXPECT_FALSE(erase_some());
  EXPECT_EQ(store_.asked_from, 0U);
}

}  // namespace
}  // namespace assay::audit
