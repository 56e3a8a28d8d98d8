#include "base/occasional.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Occasional, HappensAtOnceAndThenOnceInAnInterval) {
  Occasional occasional{std::chrono::seconds(1)};
  const Occasional::TimePoint start{};
  EXPECT_TRUE(occasional.take_turn(start));
  EXPECT_FALSE(occasional.take_turn(start));
  EXPECT_FALSE(occasional.take_turn(start + std::chrono::milliseconds(999)));
  EXPECT_TRUE(occasional.take_turn(start + std::chrono::milliseconds(1500)));
  EXPECT_FALSE(occasional.take_turn(start + std::chrono::milliseconds(2400)));
}

}  // namespace
}  // namespace assay
