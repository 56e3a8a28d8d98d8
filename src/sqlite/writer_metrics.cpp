#include "sqlite/writer_metrics.hpp"

#include <limits>
#include <system_error>
#include <vector>

namespace assay::sqlite {

namespace {

const std::vector<double>& batch_bounds() {
  static const std::vector<double> kBounds{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048};
  return kBounds;
}

telemetry::Histogram& durations(telemetry::Metrics& metrics, const char* name, const char* help,
                                const std::string& store) {
  return metrics.histogram(name, help, {{"store", store}}, telemetry::Metrics::duration_bounds());
}

telemetry::Gauge& size_of_file(telemetry::Metrics& metrics, const std::string& store, const std::string& file) {
  return metrics.gauge("assay_store_size_bytes", "The database, and the log of what is to be written to it.",
                       {{"store", store}, {"file", file}});
}

double bytes_of(const std::filesystem::path& file) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file, missing);
  return missing ? 0 : static_cast<double>(size);
}

}  // namespace

WriterMetrics::WriterMetrics(telemetry::Metrics& metrics, const std::string& store)
    : batch_operations(metrics.histogram("assay_group_commit_batch_operations", "Operations made durable by one fsync.",
                                         {{"store", store}}, batch_bounds())),
      duration(durations(metrics, "assay_group_commit_duration_seconds", "From BEGIN until durable.", store)),
      sync_duration(durations(metrics, "assay_group_commit_sync_duration_seconds",
                              "The COMMIT: writing the log, and its fsync.", store)),
      queue_wait(durations(metrics, "assay_group_commit_queue_wait_seconds",
                           "How long operations waited for their batch to begin.", store)),
      undone(metrics.counter("assay_group_commit_undone_total", "Transactions that were undone.", {{"store", store}})),
      queue(metrics.gauge("assay_group_commit_queue_length", "Rows of operations that wait.", {{"store", store}})),
      backlog(
          metrics.gauge("assay_index_backlog_rows", "Row versions that the search indexes lack.", {{"store", store}})),
      free_bytes(metrics.gauge("assay_disk_free_bytes", "Free space where the store lives.", {{"store", store}})),
      health(metrics.gauge("assay_store_health", "0 ready, 1 degraded, 2 failed.", {{"store", store}})),
      left_seconds_(metrics.gauge("assay_disk_left_seconds",
                                  "How long the free space lasts as it went of late; infinite while it doesn't shrink.",
                                  {{"store", store}})),
      database_bytes_(size_of_file(metrics, store, "database")),
      log_bytes_(size_of_file(metrics, store, "log")) {
  left_seconds_.Set(std::numeric_limits<double>::infinity());
}

void WriterMetrics::note_files(const std::filesystem::path& database) {
  database_bytes_.Set(bytes_of(database));
  log_bytes_.Set(bytes_of(std::filesystem::path(database).concat("-wal")));
}

void WriterMetrics::note_disk(std::uintmax_t bytes) {
  left_seconds_.Set(forecast_.note(DiskForecast::Clock::now(), bytes));
}

telemetry::Histogram& read_durations(telemetry::Metrics& metrics, const std::string& store,
                                     const std::string& operation) {
  return metrics.histogram("db_client_operation_duration_seconds", "Reads, waiting for a thread included.",
                           {{"db_system_name", "sqlite"}, {"db_namespace", store}, {"db_operation_name", operation}},
                           telemetry::Metrics::duration_bounds());
}

}  // namespace assay::sqlite
