#include "app/metrics_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay::app {
namespace {

TEST(MetricsText, ReadsNamesLabelsAndValues) {
  const auto samples = parse_metrics(
      "# HELP a_total What.\n"
      "# TYPE a_total counter\n"
      "a_total 3\n"
      "b{part=\"audit\",le=\"+Inf\"} 1.5e3 1700000000\r\n"
      "c {  } -Inf\n");
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].name, "a_total");
  EXPECT_EQ(samples[0].value, 3);
  EXPECT_EQ(samples[1].label("part"), "audit");
  EXPECT_EQ(samples[1].label("le"), "+Inf");
  EXPECT_EQ(samples[1].label("none"), "");
  EXPECT_EQ(samples[1].value, 1500);
  EXPECT_EQ(samples[2].value, -std::numeric_limits<double>::infinity());
}

TEST(MetricsText, UnescapesLabels) {
  const auto samples = parse_metrics(R"(a{x="q\"u\\o\nte"} +Inf)");
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].label("x"), "q\"u\\o\nte");
  EXPECT_TRUE(std::isinf(samples[0].value));
}

TEST(MetricsText, PassesOverWhatIsNoSample) {
  for (const auto* text : {"", "\n\n", "<html>", "a", "a{", "a{x", "a{x=", "a{x=\"", "a{x=\"\\", "a{x=\"1\"", "a{} b",
                           "a 1x", "{x=\"1\"} 1", "1 2 3x\xff", "# EOF"}) {
    EXPECT_TRUE(parse_metrics(text).empty()) << text;
  }
  EXPECT_EQ(parse_metrics("<p>\na 1\n\x01\nb{} 2").size(), 2U);
}

}  // namespace
}  // namespace assay::app
