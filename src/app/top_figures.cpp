#include "app/top_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "app/top_metrics.hpp"

namespace assay::app {

namespace {

using Choice = std::function<bool(const MetricSample&)>;

constexpr std::string_view kBucket = "_bucket";
constexpr std::string_view kCount = "_count";
constexpr std::string_view kSum = "_sum";

bool any(const MetricSample& /*sample*/) { return true; }

/// The listeners for operators and for metrics, this command among those who use them.
bool is_of_watchers(std::string_view part) { return part == "operator" || part == "health"; }

bool is_of_clients(const MetricSample& sample) { return !is_of_watchers(sample.label(top_metrics::kPart)); }

Choice of_store(const std::string& store) {
  return [store](const MetricSample& sample) { return sample.label(top_metrics::kStore) == store; };
}

std::string count_of(std::string_view histogram) { return fmt::format("{}{}", histogram, kCount); }

Figure sum_of(const MetricsReading& reading, std::string_view name, const Choice& choice) {
  Figure sum;
  for (const auto& sample : reading.samples) {
    if (sample.name == name && choice(sample)) sum = sum.value_or(0) + sample.value;
  }
  return sum;
}

std::set<std::string> values_of(const MetricsReading& reading, std::string_view name, std::string_view label) {
  std::set<std::string> values;
  for (const auto& sample : reading.samples) {
    if (sample.name != name) continue;
    if (const auto value = sample.label(label); !value.empty()) values.emplace(value);
  }
  return values;
}

/// Two readings of one process.
class Interval {
 public:
  Interval(const MetricsReading* before, const MetricsReading& now) : before_(before), now_(now) {}

  Figure gauge(std::string_view name, const Choice& choice = any) const { return sum_of(now_, name, choice); }

  /// How much a counter grew.
  Figure growth(const std::string& name, const Choice& choice = any) const {
    const auto now = sum_of(now_, name, choice);
    if (before_ == nullptr || !now) return std::nullopt;
    const auto before = sum_of(*before_, name, choice).value_or(0);
    return *now < before ? *now : *now - before;
  }

  Figure rate(const std::string& name, const Choice& choice = any) const {
    const auto grown = growth(name, choice);
    const auto seconds = before_ == nullptr ? 0 : now_.seconds - before_->seconds;
    return grown && seconds > 0 ? Figure(*grown / seconds) : std::nullopt;
  }

  Quantiles quantiles(std::string_view name, const Choice& choice) const;

 private:
  const MetricsReading* before_;
  const MetricsReading& now_;
};

/// Observations at or below each bound.
using Buckets = std::map<double, double>;

Buckets buckets_of(const MetricsReading& reading, std::string_view name, const Choice& choice) {
  Buckets buckets;
  for (const auto& sample : reading.samples) {
    if (!sample.name.ends_with(kBucket) || !sample.name.starts_with(name) ||
        sample.name.size() != name.size() + kBucket.size() || !choice(sample)) {
      continue;
    }
    auto bound = sample.label("le");
    if (bound.starts_with('+')) bound.remove_prefix(1);
    double upper = 0;
    if (std::from_chars(bound.data(), bound.data() + bound.size(), upper).ec == std::errc{}) {
      buckets[upper] += sample.value;
    }
  }
  return buckets;
}

/// Within its bucket a share is taken to lie evenly; beyond the last bound nobody knows more than that bound.
Figure quantile(const Buckets& buckets, double share) {
  if (buckets.empty() || !(buckets.rbegin()->second > 0)) return std::nullopt;
  const auto rank = share * buckets.rbegin()->second;
  double lower = 0;
  double below = 0;
  for (const auto& [upper, count] : buckets) {
    if (std::isinf(upper)) break;
    if (count >= rank && count > below) return lower + (upper - lower) * (rank - below) / (count - below);
    lower = upper;
    below = count;
  }
  return lower;
}

Quantiles Interval::quantiles(std::string_view name, const Choice& choice) const {
  if (before_ == nullptr) return {};
  auto buckets = buckets_of(now_, name, choice);
  const auto before = buckets_of(*before_, name, choice);
  const bool began_anew = !before.empty() && !buckets.empty() && buckets.rbegin()->second < before.rbegin()->second;
  for (auto& [bound, count] : buckets) {
    const auto earlier = before.find(bound);
    if (!began_anew && earlier != before.end()) count -= earlier->second;
  }
  constexpr double kMedian = 0.5;
  constexpr double kNine = 0.9;
  constexpr double kNinetyNine = 0.99;
  return {.p50 = quantile(buckets, kMedian), .p90 = quantile(buckets, kNine), .p99 = quantile(buckets, kNinetyNine)};
}

/// The part at which a request of this process counts once: in `serve` it counts at each that it comes to.
std::string entry_of(const MetricsReading& reading) {
  const auto count = count_of(top_metrics::kRequestDuration);
  std::set<std::string_view> counting;
  for (const auto& sample : reading.samples) {
    if (sample.name == count) counting.insert(sample.label(top_metrics::kPart));
  }
  for (const auto* part : {"gateway", "patients", "audit"}) {
    if (counting.contains(part)) return part;
  }
  return {};
}

bool is_error(const MetricSample& sample) { return sample.label(top_metrics::kStatus).starts_with('5'); }

Choice of_route(const std::string& part, const std::string& method, const std::string& route) {
  return [part, method, route](const MetricSample& sample) {
    return sample.label(top_metrics::kRoute) == route && sample.label(top_metrics::kMethod) == method &&
           sample.label(top_metrics::kPart) == part;
  };
}

std::vector<RouteFigures> routes_of(const MetricsReading& now, const Interval& interval) {
  std::set<std::tuple<std::string, std::string, std::string>> routes;
  const auto count = count_of(top_metrics::kRequestDuration);
  for (const auto& sample : now.samples) {
    if (sample.name == count)
      routes.emplace(sample.label(top_metrics::kPart), sample.label(top_metrics::kRoute),
                     sample.label(top_metrics::kMethod));
  }
  std::vector<RouteFigures> figures;
  for (const auto& [part, route, method] : routes) {
    const auto choice = of_route(part, method, route);
    const auto failed = [&choice](const MetricSample& sample) { return choice(sample) && is_error(sample); };
    const auto requests = interval.rate(count, choice);
    figures.push_back({.part = part,
                       .route = fmt::format("{} {}", method, route),
                       .requests = requests,
                       .errors = requests ? Figure(interval.rate(count, failed).value_or(0)) : std::nullopt,
                       .latency = interval.quantiles(top_metrics::kRequestDuration, choice)});
  }
  return figures;
}

StoreFigures store_of(const std::string& store, const Interval& interval) {
  const auto choice = of_store(store);
  const auto batches = interval.growth(count_of(top_metrics::kBatchOperations), choice);
  const auto operations = interval.growth(fmt::format("{}{}", top_metrics::kBatchOperations, kSum), choice);
  return {.store = store,
          .queue = interval.gauge(top_metrics::kQueueLength, choice),
          .commits = interval.rate(count_of(top_metrics::kCommitDuration), choice),
          .operations = batches && operations && *batches > 0 ? Figure(*operations / *batches) : std::nullopt,
          .commit = interval.quantiles(top_metrics::kCommitDuration, choice),
          .sync = interval.quantiles(top_metrics::kSyncDuration, choice),
          .disk_free = interval.gauge(top_metrics::kDiskFree, choice),
          .disk_left = interval.gauge(top_metrics::kDiskLeft, choice),
          .backlog = interval.gauge(top_metrics::kBacklog, choice)};
}

}  // namespace

ProcessFigures figures_of(const MetricsReading* before, const MetricsReading& now) {
  const Interval interval(before, now);
  const auto at_entry = [part = entry_of(now)](const MetricSample& sample) {
    return sample.label(top_metrics::kPart) == part;
  };
  const auto failed = [&at_entry](const MetricSample& sample) { return at_entry(sample) && is_error(sample); };
  const auto requests = interval.rate(count_of(top_metrics::kRequestDuration), at_entry);
  ProcessFigures figures{
      .parts = {},
      .readiness = interval.gauge(top_metrics::kReadiness),
      .requests = requests,
      .errors =
          requests ? Figure(interval.rate(count_of(top_metrics::kRequestDuration), failed).value_or(0)) : std::nullopt,
      .connections = interval.gauge(top_metrics::kOpenConnections, is_of_clients),
      .processors = interval.rate(std::string(top_metrics::kProcessorTime)),
      .memory = interval.gauge(top_metrics::kResidentMemory),
      .records = interval.rate(std::string(top_metrics::kTreeSize)),
      .checkpoint_age = std::nullopt,
      .routes = routes_of(now, interval),
      .stores = {}};
  if (const auto moment = interval.gauge(top_metrics::kCheckpointMoment); moment && *moment > 0) {
    figures.checkpoint_age = std::max(0.0, now.seconds - *moment);
  }
  for (const auto& store : values_of(now, top_metrics::kQueueLength, top_metrics::kStore))
    figures.stores.push_back(store_of(store, interval));
  for (const auto& part : values_of(now, top_metrics::kOpenConnections, top_metrics::kPart)) {
    if (!is_of_watchers(part)) figures.parts.push_back(part);
  }
  return figures;
}

}  // namespace assay::app
