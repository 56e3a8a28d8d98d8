#include "sqlite/disk_forecast.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::sqlite {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const DiskForecast::Clock::time_point kStart;

TEST(DiskForecast, SaysNothingBeforeTenMinutesAreKnown) {
  DiskForecast forecast;
  EXPECT_TRUE(std::isinf(forecast.note(kStart, 1'000'000)));
  EXPECT_TRUE(std::isinf(forecast.note(kStart + minutes(10) - seconds(1), 400'000)));
  EXPECT_DOUBLE_EQ(forecast.note(kStart + minutes(10), 400'000), 400'000 / (600'000 / 600.0));
}

TEST(DiskForecast, IsInfiniteWhereTheSpaceGrows) {
  DiskForecast forecast;
  forecast.note(kStart, 1'000);
  EXPECT_TRUE(std::isinf(forecast.note(kStart + hours(1), 1'000)));
  EXPECT_TRUE(std::isinf(forecast.note(kStart + hours(2), 2'000)));
}

TEST(DiskForecast, ForgetsWhatWasMoreThanSixHoursAgo) {
  DiskForecast forecast;
  forecast.note(kStart, 1'000'000'000);
  for (int minute = 1; minute <= 12 * 60; ++minute) forecast.note(kStart + minutes(minute), 1'000'000);
  EXPECT_TRUE(std::isinf(forecast.note(kStart + hours(13), 1'000'000)));
}

TEST(DiskForecast, AFullDiskLastsNoSecond) {
  DiskForecast forecast;
  forecast.note(kStart, 1'000);
  EXPECT_EQ(forecast.note(kStart + hours(1), 0), 0);
}

}  // namespace
}  // namespace assay::sqlite
