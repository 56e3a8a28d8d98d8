#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace assay::telemetry {

/// What the kernel tells of this process, under the names that Prometheus' own clients have for it.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  ProcessMetrics();

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  double start_time_;
};

}  // namespace assay::telemetry
