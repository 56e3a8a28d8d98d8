#include "patients/dates.hpp"

#include <gtest/gtest.h>

#include "patients/patient.hpp"

namespace assay::patients {
namespace {

using std::literals::operator""y;
using std::literals::operator""h;
using std::literals::operator""min;
using std::literals::operator""s;
using std::literals::operator""ms;
using std::chrono::sys_days;

TEST(FirstDay, IsTheFirstDayThatABirthDateNames) {
  EXPECT_EQ(first_day("1980"), sys_days(1980y / 1 / 1));
  EXPECT_EQ(first_day("1980-05"), sys_days(1980y / 5 / 1));
  EXPECT_EQ(first_day("1980-05-17"), sys_days(1980y / 5 / 17));
  EXPECT_EQ(first_day("0001"), sys_days(1y / 1 / 1));
  EXPECT_EQ(first_day("9999-12-31"), sys_days(9999y / 12 / 31));
}

TEST(FirstDay, KnowsLeapYears) {
  for (const auto* day : {"2020-02-29", "2000-02-29"}) EXPECT_TRUE(first_day(day)) << day;
  for (const auto* day : {"2021-02-29", "1900-02-29", "2020-02-30", "2021-04-31"}) EXPECT_FALSE(first_day(day)) << day;
}

TEST(FirstDay, IsNothingForWhatIsNoBirthDate) {
  for (const auto* text :
       {"",         "0000",         "0000-01-01", "198",        "19800",      "1980-",       "1980-1",
        "1980-00",  "1980-13",      "1980-1-2",   "1980-01-00", "1980-01-32", "1980/01/02",  "02/01/1980",
        "19800102", "1980-01-02\n", " 1980",      "+980",       "-980",       "1980-01-02T", "198O"}) {
    EXPECT_FALSE(first_day(text)) << text;
  }
}

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
}  // namespace assay::patients
