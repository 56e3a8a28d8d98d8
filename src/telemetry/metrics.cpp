#include "telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace assay::telemetry {

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                              const std::vector<double>& bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, bounds);
}

void Metrics::on_collect(std::function<void()> refresh) { refreshers_.push_back(std::move(refresh)); }

std::string Metrics::expose() const {
  for (const auto& refresh : refreshers_) refresh();
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

const std::vector<double>& Metrics::duration_bounds() {
  static const std::vector<double> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                           0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return kBounds;
}

}  // namespace assay::telemetry
