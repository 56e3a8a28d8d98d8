#pragma once

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "telemetry/histogram.hpp"
#include "telemetry/tally.hpp"

namespace assay::telemetry {

using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Labels = prometheus::Labels;

enum class ExpositionForm : std::uint8_t {
  kPrometheusText,  ///< version 0.0.4
  kOpenMetrics,     ///< version 1.0.0
};

/// The program's metrics, named by the conventions of Prometheus and OpenTelemetry. A part asks for
/// its metrics once, when it is made, and keeps the references; the same name and labels are the same metric.
/// Labels must be of bounded cardinality and never patient data. Safe from any thread.
class Metrics {
 public:
  Metrics();

  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  /// `bounds` in the metric's unit, ascending.
  Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                       const std::vector<double>& bounds);
  /// A gauge of what begins and ends often.
  Tally& tally(const std::string& name, const std::string& help, const Labels& labels = {});

  /// A metric that is 1 and says that what `key` names has these `values`; those said before are taken back.
  void info(const std::string& name, const std::string& help, const Labels& key, const Labels& values);

  /// Calls `refresh` before each exposition, for gauges that are read rather than kept. What it uses must live as long
  /// as anybody may ask for an exposition.
  void on_collect(std::function<void()> refresh);

  /// Exposes what `more` collects, too.
  void add(std::shared_ptr<prometheus::Collectable> more);

  std::string expose(ExpositionForm form = ExpositionForm::kPrometheusText) const;

  /// Upper bounds for durations in seconds, from 100 µs to 10 s.
  static const std::vector<double>& duration_bounds();
  /// Upper bounds for sizes in bytes, from 64 to 16 MiB.
  static const std::vector<double>& size_bounds();

 private:
  template <class Metric>
  struct OwnFamily {
    std::string help;
    std::map<Labels, std::unique_ptr<Metric>> metrics;
  };

  std::vector<prometheus::MetricFamily> collect() const;

  std::shared_ptr<prometheus::Registry> registry_;
  mutable std::mutex mutex_;
  std::map<std::string, OwnFamily<Histogram>> histograms_;
  std::map<std::string, OwnFamily<Tally>> tallies_;
  std::map<std::pair<std::string, Labels>, Gauge*> infos_;
  std::vector<std::function<void()>> refreshers_;
  std::vector<std::shared_ptr<prometheus::Collectable>> more_;
};

}  // namespace assay::telemetry
