#include "gateway/subscription_index.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace assay::gateway {
namespace {

SensitiveText key(std::string_view text) { return SensitiveText(std::string(text)); }

Subscription subscription(const std::string& name, State state = State::kActive) {
  Subscription made;
  made.name = name;
  made.state = state;
  made.scopes = Scopes::defaults();
  made.keys[0].hash = hash_key(name + " primary");
  made.keys[1].hash = hash_key(name + " secondary");
  return made;
}

TEST(TheSubscriptionIndex, FindsACallerByEitherKey) {
  SubscriptionIndex index;
  index.publish({subscription("a"), subscription("b")}, index.begin_reading());
  for (const auto* text : {"b primary", "b secondary"}) {
    const auto caller = index.find(key(text));
    ASSERT_TRUE(caller.has_value());
    EXPECT_EQ(caller->principal.name, "b");
    EXPECT_EQ(caller->principal.kind, "subscription");
    EXPECT_EQ(caller->scopes, Scopes::defaults());
  }
}

TEST(TheSubscriptionIndex, FindsNobodyForAnUnknownKeyOrASuspendedSubscription) {
  SubscriptionIndex index;
  EXPECT_FALSE(index.find(key("a primary")).has_value());
  index.publish({subscription("a", State::kSuspended)}, index.begin_reading());
  EXPECT_FALSE(index.find(key("a primary")).has_value());
  EXPECT_FALSE(index.find(key("")).has_value());
}

TEST(TheSubscriptionIndex, KeepsTheNewerOfTwoReadingsWhicheverComesLast) {
  SubscriptionIndex index;
  const auto older = index.begin_reading();
  const auto newer = index.begin_reading();
  index.publish({subscription("new")}, newer);
  index.publish({subscription("old")}, older);
  EXPECT_TRUE(index.find(key("new primary")).has_value());
  EXPECT_FALSE(index.find(key("old primary")).has_value());
}

TEST(TheSubscriptionIndex, DoesNotMistakeAnotherIndexForItself) {
  SubscriptionIndex one;
  SubscriptionIndex other;
  one.publish({subscription("a")}, one.begin_reading());
  EXPECT_TRUE(one.find(key("a primary")).has_value());
  EXPECT_FALSE(other.find(key("a primary")).has_value());
}

TEST(TheSubscriptionIndex, ShowsAChangeToEveryThreadAtOnce) {
  SubscriptionIndex index;
  index.publish({subscription("a")}, index.begin_reading());
  std::atomic<bool> removed{false};
  std::atomic<int> wrong{0};
  std::vector<std::jthread> readers;
  readers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      for (bool over = false; !over;) {
        over = removed;
        if (index.find(key("a primary")).has_value() && over) ++wrong;
      }
    });
  }
  for (int i = 0; i < 100; ++i) index.publish({subscription("a")}, index.begin_reading());
  index.publish({}, index.begin_reading());
  removed = true;
  readers.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace assay::gateway
