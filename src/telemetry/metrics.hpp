#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace assay::telemetry {

using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;
using Labels = prometheus::Labels;

/// The program's metrics, named by the conventions of Prometheus and OpenTelemetry. A part asks for
/// its metrics once, when it is made, and keeps the references. Labels must be of bounded cardinality
/// and never patient data. Safe from any thread.
class Metrics {
 public:
  Metrics();

  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  /// `bounds` in the metric's unit, ascending.
  Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                       const std::vector<double>& bounds);

  /// Calls `refresh` before each exposition, for gauges that are read rather than kept.
  void on_collect(std::function<void()> refresh);

  /// Prometheus text exposition format 0.0.4.
  std::string expose() const;

  /// Upper bounds for durations in seconds, from 100 µs to 10 s.
  static const std::vector<double>& duration_bounds();

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::vector<std::function<void()>> refreshers_;
};

}  // namespace assay::telemetry
