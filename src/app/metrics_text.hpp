#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::app {

using MetricLabels = std::map<std::string, std::string, std::less<>>;

/// One value of a metric.
struct MetricSample {
  std::string name;
  MetricLabels labels;
  double value = 0;

  /// Empty when there is no such label.
  std::string_view label(std::string_view wanted) const;
};

/// Reads the text form of Prometheus or OpenMetrics. Comments, and lines that are no sample, are passed over: of a text
/// that is something else nothing is left.
std::vector<MetricSample> parse_metrics(std::string_view text);

}  // namespace assay::app
