#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "sqlite/disk_forecast.hpp"
#include "telemetry/metrics.hpp"

namespace assay::sqlite {

/// What a writer counts, under the name of its store.
class WriterMetrics {
 public:
  WriterMetrics(telemetry::Metrics& metrics, const std::string& store);

  /// Reads the sizes of the database and its write-ahead log. On any thread.
  void note_files(const std::filesystem::path& database);
  /// What the disk has free, about once a second. On one thread.
  void note_disk(std::uintmax_t bytes);

  telemetry::Histogram& batch_operations;
  telemetry::Histogram& duration;
  telemetry::Histogram& sync_duration;
  telemetry::Histogram& queue_wait;
  telemetry::Counter& undone;
  telemetry::Gauge& queue;
  telemetry::Gauge& backlog;
  telemetry::Gauge& free_bytes;
  telemetry::Gauge& health;

 private:
  telemetry::Gauge& left_seconds_;
  telemetry::Gauge& database_bytes_;
  telemetry::Gauge& log_bytes_;
  DiskForecast forecast_;
};

/// The durations of one kind of a store's reads, waiting for a thread included.
telemetry::Histogram& read_durations(telemetry::Metrics& metrics, const std::string& store,
                                     const std::string& operation);

}  // namespace assay::sqlite
