#include "telemetry/open_metrics.hpp"

#include <gmock/gmock.h>

#include "telemetry/metrics.hpp"

namespace assay::telemetry {
namespace {

std::string exposed(const Metrics& metrics) { return metrics.expose(ExpositionForm::kOpenMetrics); }

TEST(OpenMetrics, EndsWithItsMark) { EXPECT_EQ(exposed(Metrics()), "# EOF\n"); }

TEST(OpenMetrics, ACountersTotalBelongsToTheSampleAlone) {
  Metrics metrics;
  metrics.counter("process_cpu_seconds_total", "Time.", {{"kind", "user"}}).Increment(1.5);
  EXPECT_EQ(exposed(metrics),
            "# TYPE process_cpu_seconds counter\n# UNIT process_cpu_seconds seconds\n# HELP process_cpu_seconds Time.\n"
            "process_cpu_seconds_total{kind=\"user\"} 1.5\n# EOF\n");
}

TEST(OpenMetrics, AHistogramHasBucketsCountAndSum) {
  Metrics metrics;
  metrics.histogram("assay_sizes_bytes", "Sizes.", {{"part", "audit"}}, {0.5, 64, 1e6}).observe(70.0);
  EXPECT_EQ(exposed(metrics),
            "# TYPE assay_sizes_bytes histogram\n# UNIT assay_sizes_bytes bytes\n# HELP assay_sizes_bytes Sizes.\n"
            "assay_sizes_bytes_bucket{part=\"audit\",le=\"0.5\"} 0\n"
            "assay_sizes_bytes_bucket{part=\"audit\",le=\"64.0\"} 0\n"
            "assay_sizes_bytes_bucket{part=\"audit\",le=\"1000000.0\"} 1\n"
            "assay_sizes_bytes_bucket{part=\"audit\",le=\"+Inf\"} 1\n"
            "assay_sizes_bytes_count{part=\"audit\"} 1\n"
            "assay_sizes_bytes_sum{part=\"audit\"} 70\n"
            "# EOF\n");
}

TEST(OpenMetrics, AnInfoIsOne) {
  Metrics metrics;
  metrics.info("assay_build_info", "Build.", {}, {{"version", "1"}});
  EXPECT_EQ(exposed(metrics),
            "# TYPE assay_build info\n# HELP assay_build Build.\nassay_build_info{version=\"1\"} 1\n# EOF\n");
}

TEST(OpenMetrics, EscapesTextsAndNamesWhatIsNoNumber) {
  Metrics metrics;
  metrics.gauge("assay_level", "A \"level\"\\\nof it.", {{"name", "a\"b\\c\nd"}})
      .Set(-std::numeric_limits<double>::infinity());
  EXPECT_EQ(exposed(metrics),
            "# TYPE assay_level gauge\n# HELP assay_level A \\\"level\\\"\\\\\\nof it.\n"
            "assay_level{name=\"a\\\"b\\\\c\\nd\"} -Inf\n# EOF\n");
}

}  // namespace
}  // namespace assay::telemetry
