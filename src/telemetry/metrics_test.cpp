#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>

namespace assay::telemetry {
namespace {

TEST(Metrics, ExposesWhatWasCounted) {
  Metrics metrics;
  metrics.counter("assay_things_total", "Things.", {{"kind", "good"}}).Increment(3);
  EXPECT_THAT(metrics.expose(), testing::HasSubstr("assay_things_total{kind=\"good\"} 3"));
}

TEST(Metrics, TheSameNameAndLabelsAreOneMetric) {
  Metrics metrics;
  metrics.counter("assay_things_total", "Things.").Increment();
  metrics.counter("assay_things_total", "Things.").Increment();
  EXPECT_THAT(metrics.expose(), testing::HasSubstr("assay_things_total 2"));
}

TEST(Metrics, ReadsGaugesWhenCollected) {
  Metrics metrics;
  auto& gauge = metrics.gauge("assay_level", "Level.");
  metrics.on_collect([&gauge] { gauge.Set(7); });
  EXPECT_THAT(metrics.expose(), testing::HasSubstr("assay_level 7"));
}

}  // namespace
}  // namespace assay::telemetry
