#include "telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>

#include "telemetry/open_metrics.hpp"

namespace assay::telemetry {

namespace {

std::vector<prometheus::ClientMetric::Label> to_client(const Labels& labels) {
  std::vector<prometheus::ClientMetric::Label> list;
  list.reserve(labels.size());
  for (const auto& [name, value] : labels) list.push_back({.name = name, .value = value});
  return list;
}

prometheus::ClientMetric collect_one(const Histogram& histogram) { return histogram.collect(); }

prometheus::ClientMetric collect_one(const Tally& tally) {
  prometheus::ClientMetric metric;
  metric.gauge.value = static_cast<double>(tally.sum());
  return metric;
}

template <class Families>
void collect_all(const Families& families, prometheus::MetricType type,
                 std::vector<prometheus::MetricFamily>& collected) {
  for (const auto& [name, family] : families) {
    auto& one =
        collected.emplace_back(prometheus::MetricFamily{.name = name, .help = family.help, .type = type, .metric = {}});
    for (const auto& [labels, metric] : family.metrics) {
      one.metric.push_back(collect_one(*metric));
      one.metric.back().label = to_client(labels);
    }
  }
}

}  // namespace

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                              const std::vector<double>& bounds) {
  const std::scoped_lock lock(mutex_);
  auto& family = histograms_[name];
  family.help = help;
  auto& metric = family.metrics[labels];
  if (!metric) metric = std::make_unique<Histogram>(bounds);
  return *metric;
}

Tally& Metrics::tally(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock(mutex_);
  auto& family = tallies_[name];
  family.help = help;
  auto& metric = family.metrics[labels];
  if (!metric) metric = std::make_unique<Tally>();
  return *metric;
}

void Metrics::info(const std::string& name, const std::string& help, const Labels& key, const Labels& values) {
  auto labels = key;
  labels.insert(values.begin(), values.end());
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(*registry_);
  auto& said = family.Add(labels);
  said.Set(1);
  const std::scoped_lock lock(mutex_);
  auto& before = infos_[{name, key}];
  if (before != nullptr && before != &said) family.Remove(before);
  before = &said;
}

void Metrics::on_collect(std::function<void()> refresh) {
  const std::scoped_lock lock(mutex_);
  refreshers_.push_back(std::move(refresh));
}

void Metrics::add(std::shared_ptr<prometheus::Collectable> more) {
  const std::scoped_lock lock(mutex_);
  more_.push_back(std::move(more));
}

std::vector<prometheus::MetricFamily> Metrics::collect() const {
  std::vector<std::function<void()>> refreshers;
  {
    const std::scoped_lock lock(mutex_);
    refreshers = refreshers_;
  }
  for (const auto& refresh : refreshers) refresh();  // without the lock: it may ask for metrics
  auto families = registry_->Collect();
  const std::scoped_lock lock(mutex_);
  collect_all(histograms_, prometheus::MetricType::Histogram, families);
  collect_all(tallies_, prometheus::MetricType::Gauge, families);
  for (const auto& each : more_) std::ranges::move(each->Collect(), std::back_inserter(families));
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  return families;
}

std::string Metrics::expose(ExpositionForm form) const {
  const auto families = collect();
  return form == ExpositionForm::kOpenMetrics ? to_open_metrics(families)
                                              : prometheus::TextSerializer().Serialize(families);
}

const std::vector<double>& Metrics::duration_bounds() {
  static const std::vector<double> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                           0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return kBounds;
}

const std::vector<double>& Metrics::size_bounds() {
  static const std::vector<double> kBounds{64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216};
  return kBounds;
}

}  // namespace assay::telemetry
