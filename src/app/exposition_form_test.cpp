#include "app/exposition_form.hpp"

#include <gtest/gtest.h>

namespace assay::app {
namespace {

bool is_open(std::string_view accept) {
  http::Headers headers;
  headers.add("accept", accept);
  return wanted_form(headers) == telemetry::ExpositionForm::kOpenMetrics;
}

TEST(ExpositionForm, IsPrometheusTextToWhoAsksForNothing) {
  EXPECT_EQ(wanted_form(http::Headers()), telemetry::ExpositionForm::kPrometheusText);
  EXPECT_FALSE(is_open("*/*"));
  EXPECT_FALSE(is_open(""));
}

TEST(ExpositionForm, IsOpenMetricsToPrometheus) {
  EXPECT_TRUE(
      is_open("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
              "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
  EXPECT_TRUE(is_open("Application/OpenMetrics-Text"));
}

TEST(ExpositionForm, FollowsVersionsAndWeights) {
  EXPECT_FALSE(is_open("application/openmetrics-text; version=2.0.0, text/plain"));
  EXPECT_FALSE(is_open("application/openmetrics-text; q=0"));
  EXPECT_FALSE(is_open("application/openmetrics-text; q=0.3, text/plain; q=0.7"));
  EXPECT_FALSE(is_open("application/openmetrics-text; q=broken"));
  EXPECT_TRUE(is_open("text/plain; q=0.3, application/openmetrics-text; version = 1.0.0 ; q=0.7"));
}

}  // namespace
}  // namespace assay::app
