#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Timestamp, WritesIso8601WithMilliseconds) {
  EXPECT_EQ(to_iso8601(Timestamp(std::chrono::milliseconds(951827696789))), "2000-02-29T12:34:56.789Z");
}

TEST(Timestamp, ReadsBackWhatItWrote) {
  const Timestamp moment(std::chrono::milliseconds(1764000000001));
  EXPECT_EQ(parse_timestamp(to_iso8601(moment)), moment);
}

TEST(Timestamp, RefusesEveryOtherForm) {
  for (const auto* text : {"2021-02-31T00:00:00.000Z", "2021-01-01T24:00:00.000Z", "2021-01-01 00:00:00.000Z",
                           "2021-01-01T00:00:00Z", "2021-01-01T00:00:00.000+0", ""}) {
    EXPECT_FALSE(parse_timestamp(text).has_value()) << text;
  }
}

TEST(Iso8601, TakesADayOrADayAndATime) {
  for (const auto* text : {"2020-02-29", "2021-01-01T00:00", "2021-01-01T23:59:59", "2021-01-01T00:00:00.1Z",
                           "2021-01-01T00:00:00.123456+01:00", "2021-01-01T00:00-23:59"}) {
    EXPECT_TRUE(is_iso8601(text)) << text;
  }
}

TEST(Iso8601, RefusesWhatIsNoDate) {
  for (const auto* text : {"", "zz", "2020", "2020-02-30", "2020-2-03", "2020-02-03T", "2020-02-03T24:00",
                           "2020-02-03 10:00", "2020-02-03T10", "2020-02-03T10:00:60", "2020-02-03T10:00:00.",
                           "2020-02-03T10:00+1", "2020-02-03T10:00Zx", "+020-02-03"}) {
    EXPECT_FALSE(is_iso8601(text)) << text;
  }
}

}  // namespace
}  // namespace assay
