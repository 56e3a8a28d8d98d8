#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace assay::telemetry {

/// The metrics in the text form of OpenMetrics 1.0.0, which prometheus-cpp doesn't write. A gauge whose name ends in
/// `_info` is an info; a name that ends in `_seconds` or `_bytes` says its unit. Counters' names must end in `_total`.
std::string to_open_metrics(const std::vector<prometheus::MetricFamily>& families);

}  // namespace assay::telemetry
