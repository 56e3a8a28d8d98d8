#include "app/top_figures.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace assay::app {
namespace {

MetricsReading reading(double seconds, std::string_view text) {
  return {.seconds = seconds, .samples = parse_metrics(text)};
}

constexpr std::string_view kBefore = R"(
http_server_request_duration_seconds_count{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200"} 10
http_server_request_duration_seconds_count{part="patients",http_request_method="GET",http_route="/api/a",http_response_status_code="200"} 10
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200",le="0.1"} 10
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200",le="1"} 10
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200",le="+Inf"} 10
assay_group_commit_batch_operations_count{store="audit"} 5
assay_group_commit_batch_operations_sum{store="audit"} 50
assay_group_commit_queue_length{store="audit"} 1
process_cpu_seconds_total 1
)";

constexpr std::string_view kNow = R"(
http_server_request_duration_seconds_count{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200"} 28
http_server_request_duration_seconds_count{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="503"} 2
http_server_request_duration_seconds_count{part="patients",http_request_method="GET",http_route="/api/a",http_response_status_code="200"} 30
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200",le="0.1"} 20
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200",le="1"} 28
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="200",le="+Inf"} 28
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="503",le="0.1"} 0
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="503",le="1"} 0
http_server_request_duration_seconds_bucket{part="gateway",http_request_method="GET",http_route="/a",http_response_status_code="503",le="+Inf"} 2
http_server_open_connections{part="serve"} 7
http_server_open_connections{part="operator"} 1
assay_group_commit_batch_operations_count{store="audit"} 7
assay_group_commit_batch_operations_sum{store="audit"} 62
assay_group_commit_queue_length{store="audit"} 3
assay_audit_checkpoint_timestamp_seconds 100.5
process_cpu_seconds_total 2
process_resident_memory_bytes 1024
)";

TEST(TopFigures, TellsWhatHappenedBetweenTwoReadings) {
  const auto before = reading(100, kBefore);
  const auto figures = figures_of(&before, reading(102, kNow));
  EXPECT_EQ(figures.requests, 10);
  EXPECT_EQ(figures.errors, 1);
  EXPECT_EQ(figures.processors, 0.5);
  EXPECT_EQ(figures.connections, 7);
  EXPECT_EQ(figures.memory, 1024);
  EXPECT_EQ(figures.checkpoint_age, 1.5);
  EXPECT_EQ(figures.parts, std::vector<std::string>{"serve"});
  ASSERT_EQ(figures.routes.size(), 2U);
  EXPECT_EQ(figures.routes[0].route, "GET /a");
  EXPECT_EQ(figures.routes[0].errors, 1);
  // 10 of the 20 were below 0.1 s, 8 from there to 1 s, and 2 nobody knows how slow.
  EXPECT_DOUBLE_EQ(*figures.routes[0].latency.p50, 0.1);
  EXPECT_DOUBLE_EQ(*figures.routes[0].latency.p90, 1);
  EXPECT_DOUBLE_EQ(*figures.routes[0].latency.p99, 1);
  ASSERT_EQ(figures.stores.size(), 1U);
  EXPECT_EQ(figures.stores[0].queue, 3);
  EXPECT_EQ(figures.stores[0].operations, 6);
  EXPECT_FALSE(figures.stores[0].disk_free);
  EXPECT_FALSE(figures.readiness);
}

TEST(TopFigures, TellsWithOneReadingOnlyWhatIsNoRate) {
  const auto figures = figures_of(nullptr, reading(102, kNow));
  EXPECT_EQ(figures.connections, 7);
  EXPECT_FALSE(figures.requests);
  EXPECT_FALSE(figures.routes[0].latency.p50);
  EXPECT_FALSE(figures.stores[0].operations);
}

TEST(TopFigures, CountsFromNothingAfterARestart) {
  const auto before = reading(100, kNow);
  const auto figures = figures_of(&before, reading(102, kBefore));
  EXPECT_EQ(figures.requests, 5);
  EXPECT_EQ(figures.routes[0].latency.p50, 0.05);
}

TEST(TopFigures, TellsNothingOfNothing) {
  const auto before = reading(100, "");
  const auto figures = figures_of(&before, reading(100, "garbage"));
  EXPECT_FALSE(figures.requests);
  EXPECT_FALSE(figures.errors);
  EXPECT_TRUE(figures.routes.empty());
}

}  // namespace
}  // namespace assay::app
