#include "base/dates.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

using std::literals::operator""y;
using std::literals::operator""h;
using std::literals::operator""min;
using std::literals::operator""s;
using std::literals::operator""ms;
using std::chrono::sys_days;

TEST(ParseIsoDate, TakesADayAndADayWithATime) {
  const auto day = sys_days(2020y / 5 / 12);
  const std::pair<std::string_view, Timestamp> moments[] = {
      {"2020-05-12", day},
      {"2020-05-12T10:11", day + 10h + 11min},
      {"2020-05-12T10:11Z", day + 10h + 11min},
      {"2020-05-12T10:11:12Z", day + 10h + 11min + 12s},
      {"2020-05-12T10:11:12.1Z", day + 10h + 11min + 12s + 100ms},
      {"2020-05-12T10:11:12.123456789Z", day + 10h + 11min + 12s + 123ms},
      {"2020-05-12T10:11:12+02:00", day + 8h + 11min + 12s},
      {"2020-05-12T23:11:12-05:30", day + 28h + 41min + 12s},
  };
  for (const auto& [text, moment] : moments) {
    const auto date = parse_iso_date(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(date->moment, moment) << text;
    EXPECT_EQ(date->day, day) << text;
  }
}

TEST(ParseIsoDate, RefusesAnythingElse) {
  for (const auto* text : {"",
                           " ",
                           "x",
                           "2020",
                           "2020-05",
                           "2020-13-01",
                           "2020-00-10",
                           "2020-02-30",
                           "2021-02-29",
                           "12/05/2020",
                           "2020-05-12 10:11",
                           "2020-05-12T",
                           "2020-05-12T10",
                           "2020-05-12T24:00",
                           "2020-05-12T10:60",
                           "2020-05-12T10:11:60",
                           "2020-05-12T10:11:",
                           "2020-05-12T10:11:12.",
                           "2020-05-12T10:11.5",
                           "2020-05-12T10:11z",
                           "2020-05-12t10:11",
                           "2020-05-12T10:11+2",
                           "2020-05-12T10:11+02",
                           "2020-05-12T10:11+24:00",
                           "2020-05-12T10:11Zx",
                           "2020-05-12x",
                           "2020-05-12T10:11:12,5Z",
                           "2020-05-1",
                           "2020-05-12T1a:11"}) {
    EXPECT_FALSE(parse_iso_date(text)) << text;
  }
}

}  // namespace
}  // namespace assay
