#include "otlp/retry.hpp"

#include <gtest/gtest.h>

namespace assay::otlp {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RetrySchedule::TimePoint kNow{std::chrono::hours(1)};

TEST(JudgeTest, TriesAgainWhatTheSpecificationNamesAlone) {
  for (const int status : {429, 502, 503, 504}) EXPECT_EQ(judge({.status = status}), Verdict::kRetry) << status;
  for (const int status : {301, 400, 401, 404, 413, 500}) {
    EXPECT_EQ(judge({.status = status}), Verdict::kRejected) << status;
  }
  EXPECT_EQ(judge({.status = std::nullopt}), Verdict::kRetry);
  EXPECT_EQ(judge({.status = 200}), Verdict::kExported);
}

TEST(RetryScheduleTest, DoublesItsPausesUpToTheLongest) {
  RetrySchedule schedule({.first_pause = seconds(1), .longest_pause = seconds(5)});
  for (const auto pause : {1, 2, 4, 5, 5}) {
    schedule.note_failure(kNow, std::nullopt, 1);
    EXPECT_EQ(schedule.next() - kNow, seconds(pause));
  }
  schedule.note_answer();
  schedule.note_failure(kNow, std::nullopt, 0);
  EXPECT_EQ(schedule.next() - kNow, milliseconds(500)) << "half of it, where chance has it so";
}

TEST(RetryScheduleTest, WaitsAsLongAsTheReceiverWants) {
  RetrySchedule schedule({.first_pause = seconds(2), .longest_wish = seconds(300)});
  schedule.note_failure(kNow, seconds(30), 1);
  EXPECT_EQ(schedule.next() - kNow, seconds(30));
  schedule.note_failure(kNow, seconds(86'400), 1);
  EXPECT_EQ(schedule.next() - kNow, seconds(300));
  schedule.note_failure(kNow, seconds(1), 1);
  EXPECT_EQ(schedule.next() - kNow, seconds(8)) << "the pause, where that is longer";
}

TEST(RetryScheduleTest, GivesABatchUpWhoseTurnWouldComeTooLate) {
  RetrySchedule schedule({.first_pause = seconds(1), .patience = seconds(10)});
  schedule.begin_batch(kNow);
  schedule.note_failure(kNow, std::nullopt, 1);
  EXPECT_FALSE(schedule.is_hopeless());
  schedule.note_failure(kNow, seconds(10), 1);
  EXPECT_TRUE(schedule.is_hopeless());
  schedule.begin_batch(kNow + seconds(1));
  EXPECT_FALSE(schedule.is_hopeless());
  EXPECT_EQ(schedule.next() - kNow, seconds(10)) << "the next batch waits for the same moment";
}

}  // namespace
}  // namespace assay::otlp
