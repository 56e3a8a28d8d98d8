#include "telemetry/histogram.hpp"

#include <limits>
#include <stdexcept>

namespace assay::telemetry {

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)) {
  if (bounds_.size() > kMaximumBounds) throw std::invalid_argument("a histogram has too many bounds");
}

prometheus::ClientMetric Histogram::collect() const {
  prometheus::ClientMetric metric;
  auto& histogram = metric.histogram;
  // The count is made of the same reads as the buckets, so that it never contradicts them.
  for (std::size_t bucket = 0; bucket <= bounds_.size(); ++bucket) {
    for (const auto& share : shares_) histogram.sample_count += share.counts.at(bucket).load(std::memory_order_relaxed);
    const auto bound = bucket < bounds_.size() ? bounds_[bucket] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({.cumulative_count = histogram.sample_count, .upper_bound = bound});
  }
  for (const auto& share : shares_) histogram.sample_sum += share.sum.load(std::memory_order_relaxed);
  return metric;
}

}  // namespace assay::telemetry
