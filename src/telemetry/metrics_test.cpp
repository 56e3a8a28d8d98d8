#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "telemetry/process_metrics.hpp"

namespace assay::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ExposesWhatWasCounted) {
  Metrics metrics;
  metrics.counter("assay_things_total", "Things.", {{"kind", "good"}}).Increment(3);
  EXPECT_THAT(metrics.expose(), HasSubstr("assay_things_total{kind=\"good\"} 3"));
}

TEST(Metrics, TheSameNameAndLabelsAreOneMetric) {
  Metrics metrics;
  metrics.counter("assay_things_total", "Things.").Increment();
  metrics.counter("assay_things_total", "Things.").Increment();
  EXPECT_EQ(&metrics.histogram("assay_sizes", "Sizes.", {{"kind", "good"}}, {1}),
            &metrics.histogram("assay_sizes", "Sizes.", {{"kind", "good"}}, {1}));
  EXPECT_NE(&metrics.tally("assay_running", "Running."), &metrics.tally("assay_running", "Running.", {{"kind", "x"}}));
  EXPECT_THAT(metrics.expose(), HasSubstr("assay_things_total 2"));
}

TEST(Metrics, ReadsGaugesWhenCollected) {
  Metrics metrics;
  auto& gauge = metrics.gauge("assay_level", "Level.");
  metrics.on_collect([&gauge] { gauge.Set(7); });
  EXPECT_THAT(metrics.expose(), HasSubstr("assay_level 7"));
}

TEST(Metrics, AHistogramCountsAValueWhereItIsNotGreaterThanTheBound) {
  Metrics metrics;
  auto& histogram = metrics.histogram("assay_sizes", "Sizes.", {}, {1, 10});
  for (const double value : {1.0, 2.0, 10.0, 11.0}) histogram.observe(value);
  const auto text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("assay_sizes_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("assay_sizes_bucket{le=\"10\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("assay_sizes_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("assay_sizes_count 4\n"));
  EXPECT_THAT(text, HasSubstr("assay_sizes_sum 24\n"));
}

TEST(Metrics, LosesNothingOfWhatManyThreadsCount) {
  constexpr int kThreads = 2 * static_cast<int>(kThreadShares);
  constexpr int kTimes = 1000;
  Metrics metrics;
  auto& histogram = metrics.histogram("assay_sizes", "Sizes.", {}, {1});
  auto& tally = metrics.tally("assay_running", "Running.");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < kTimes; ++k) {
          const Tallied running(tally);
          histogram.observe(1.0);
        }
        tally.add(1);
      });
    }
  }
  const auto counted = histogram.collect().histogram;
  EXPECT_EQ(counted.sample_count, kThreads * kTimes);
  EXPECT_EQ(counted.sample_sum, kThreads * kTimes);
  EXPECT_EQ(tally.sum(), kThreads);
}

TEST(Metrics, InfoSaysTheNewestAlone) {
  Metrics metrics;
  metrics.info("assay_thing_info", "Thing.", {{"name", "a"}}, {{"version", "1"}});
  metrics.info("assay_thing_info", "Thing.", {{"name", "b"}}, {{"version", "1"}});
  metrics.info("assay_thing_info", "Thing.", {{"name", "a"}}, {{"version", "2"}});
  metrics.info("assay_thing_info", "Thing.", {{"name", "a"}}, {{"version", "2"}});
  const auto text = metrics.expose();
  EXPECT_THAT(text, Not(HasSubstr("{name=\"a\",version=\"1\"}")));
  EXPECT_THAT(text, HasSubstr("assay_thing_info{name=\"a\",version=\"2\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("assay_thing_info{name=\"b\",version=\"1\"} 1\n"));
}

TEST(Metrics, KnowsItsProcess) {
  Metrics metrics;
  metrics.add(std::make_shared<ProcessMetrics>());
  const auto text = metrics.expose();
  for (const auto* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                           "process_max_fds", "process_threads", "process_start_time_seconds"}) {
    EXPECT_THAT(text, testing::ContainsRegex(std::string("\n") + name + " [1-9]|" + name + " 0\\.0*[1-9]")) << name;
  }
}

}  // namespace
}  // namespace assay::telemetry
