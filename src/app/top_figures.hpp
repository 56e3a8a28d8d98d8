#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/metrics_text.hpp"

namespace assay::app {

/// Nothing where the metric isn't exposed, or needs a reading before this one.
using Figure = std::optional<double>;

/// What one process exposed at a moment.
struct MetricsReading {
  double seconds = 0;  ///< since 1970
  std::vector<MetricSample> samples;
};

/// The latencies of a histogram between two readings, in seconds.
struct Quantiles {
  Figure p50;
  Figure p90;
  Figure p99;
};

struct RouteFigures {
  std::string part;
  std::string route;  ///< method and template
  Figure requests;    ///< a second
  Figure errors;      ///< a second; answers of 500 and above
  Quantiles latency;
};

struct StoreFigures {
  std::string store;
  Figure queue;       ///< rows that wait for the writer
  Figure commits;     ///< a second
  Figure operations;  ///< a commit
  Quantiles commit;   ///< from BEGIN until durable
  Quantiles sync;     ///< of that the COMMIT with its fsync
  Figure disk_free;   ///< bytes
  Figure disk_left;   ///< seconds
  Figure backlog;     ///< rows that the search indexes lack
};

struct ProcessFigures {
  std::vector<std::string> parts;  ///< as they name themselves
  Figure readiness;                ///< 0 ready, 1 degraded, 2 unavailable
  Figure requests;                 ///< a second; in serve those that came to the gateway
  Figure errors;                   ///< a second
  Figure connections;
  Figure processors;      ///< how many it keeps busy
  Figure memory;          ///< resident bytes
  Figure records;         ///< audit records a second
  Figure checkpoint_age;  ///< seconds since the newest checkpoint
  std::vector<RouteFigures> routes;
  std::vector<StoreFigures> stores;
};

/// What happened between two readings of one process; with `before` null, only what one reading tells. A counter that
/// went back began anew at nothing: the process was restarted.
ProcessFigures figures_of(const MetricsReading* before, const MetricsReading& now);

}  // namespace assay::app
