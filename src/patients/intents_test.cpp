#include "patients/intents.hpp"

#include <gtest/gtest.h>

namespace assay::patients {
namespace {

TEST(Intents, SettleNothingBeforeTheFirst) { EXPECT_EQ(Intents().settled_below(), 0); }

TEST(Intents, MoveTheMarkPastWhatIsSettled) {
  Intents intents;
  auto attempt = intents.begin();
  intents.place(attempt, 4);
  EXPECT_EQ(intents.settled_below(), 4);
  intents.settle(attempt);
  EXPECT_EQ(intents.settled_below(), 5);
}

TEST(Intents, HoldTheMarkForAnAttemptWhoseIndexIsNotKnownYet) {
  Intents intents;
  auto slow = intents.begin();
  auto quick = intents.begin();
  intents.place(quick, 1);
  intents.settle(quick);
  EXPECT_EQ(intents.settled_below(), 0);
  intents.place(slow, 0);
  EXPECT_EQ(intents.settled_below(), 0);
  intents.settle(slow);
  EXPECT_EQ(intents.settled_below(), 2);
}

TEST(Intents, HoldTheMarkFromTheHighestIndexSeenWhenTheAttemptBegan) {
  Intents intents;
  auto first = intents.begin();
  intents.place(first, 5);
  intents.settle(first);
  const auto unknown = intents.begin();
  auto later = intents.begin();
  intents.place(later, 9);
  intents.settle(later);
  EXPECT_EQ(intents.settled_below(), 6);
  intents.settle(unknown);
  EXPECT_EQ(intents.settled_below(), 10);
}

TEST(Intents, HoldTheMarkAtTheLowestOpenAttemptWhateverTheOrderOfTheEnds) {
  Intents intents;
  auto a = intents.begin();
  auto b = intents.begin();
  auto c = intents.begin();
  intents.place(c, 2);
  intents.place(a, 0);
  intents.place(b, 1);
  intents.settle(c);
  EXPECT_EQ(intents.settled_below(), 0);
  intents.settle(a);
  EXPECT_EQ(intents.settled_below(), 1);
  intents.settle(b);
  EXPECT_EQ(intents.settled_below(), 3);
}

TEST(Intents, PassReads) {
  Intents intents;
  intents.pass(7);
  intents.pass(3);
  EXPECT_EQ(intents.settled_below(), 8);
}

TEST(Intents, NeverPassAnAbandonedAttemptUntilItIsSettled) {
  Intents intents;
  auto first = intents.begin();
  intents.place(first, 2);
  intents.settle(first);
  intents.abandon({.ticket = intents.begin(), .end = {}});
  auto later = intents.begin();
  intents.place(later, 8);
  intents.settle(later);
  const auto taken = intents.take_abandoned();
  ASSERT_EQ(taken.size(), 1);
  EXPECT_TRUE(intents.take_abandoned().empty());
  EXPECT_EQ(intents.settled_below(), 3);
  intents.settle(taken.front().ticket);
  EXPECT_EQ(intents.settled_below(), 9);
}

TEST(Intents, ResumeFromTheMarkOfAnEarlierRun) {
  Intents intents;
  intents.resume_from(70);
  EXPECT_EQ(intents.settled_below(), 70);
  auto open = intents.begin();
  intents.place(open, 72);
  EXPECT_EQ(intents.settled_below(), 72);
}

}  // namespace
}  // namespace assay::patients
