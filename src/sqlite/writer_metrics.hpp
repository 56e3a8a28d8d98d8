#pragma once

#include <string>

#include "telemetry/metrics.hpp"

namespace assay::sqlite {

/// What a writer counts, under the name of its store.
struct WriterMetrics {
  WriterMetrics(telemetry::Metrics& metrics, const std::string& store)
      : batches(metrics.counter("assay_group_commit_batches_total", "Groups made durable by one fsync.",
                                {{"store", store}})),
        operations(
            metrics.counter("assay_group_commit_operations_total", "Operations in those groups.", {{"store", store}})),
        duration(metrics.histogram("assay_group_commit_duration_seconds", "From BEGIN until durable.",
                                   {{"store", store}}, telemetry::Metrics::duration_bounds())),
        queue(metrics.gauge("assay_group_commit_queue_length", "Rows of operations that wait.", {{"store", store}})),
        backlog(metrics.gauge("assay_index_backlog_rows", "Row versions that the search indexes lack.",
                              {{"store", store}})),
        free_bytes(metrics.gauge("assay_disk_free_bytes", "Free space where the store lives.", {{"store", store}})),
        health(metrics.gauge("assay_store_health", "0 ready, 1 degraded, 2 failed.", {{"store", store}})) {}

  telemetry::Counter& batches;
  telemetry::Counter& operations;
  telemetry::Histogram& duration;
  telemetry::Gauge& queue;
  telemetry::Gauge& backlog;
  telemetry::Gauge& free_bytes;
  telemetry::Gauge& health;
};

}  // namespace assay::sqlite
