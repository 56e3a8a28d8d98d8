#include "otlp/export_metrics.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace assay::otlp {

namespace {

using telemetry::Counter;
using telemetry::Labels;

Labels because_of(const std::string& reason) { return {{"error_type", reason}}; }

void raise(Counter& counter, std::uint64_t to) {
  const auto now = static_cast<double>(to);
  if (now > counter.Value()) counter.Increment(now - counter.Value());
}

struct Shown {
  explicit Shown(telemetry::Metrics& metrics) : metrics_(metrics) {}

  Counter& processed(const Labels& labels = {}) const {
    return metrics_.counter("otel_sdk_processor_span_processed_total",
                            "Spans handed over to the exporter, or dropped before (error_type)", labels);
  }
  Counter& exported(const Labels& labels = {}) const {
    return metrics_.counter("otel_sdk_exporter_span_exported_total",
                            "Spans that the receiver has, or that were given up (error_type)", labels);
  }

  telemetry::Metrics& metrics_;
};

}  // namespace

void expose(const std::shared_ptr<const SpanQueue>& queue, telemetry::Metrics& metrics) {
  const Shown shown(metrics);
  metrics.gauge("otel_sdk_processor_span_queue_capacity", "Spans that may wait for export at most")
      .Set(static_cast<double>(queue->capacity()));
  auto& queued = metrics.gauge("otel_sdk_processor_span_queue_size", "Spans that wait for export");
  auto& in_flight = metrics.gauge("otel_sdk_exporter_span_inflight", "Spans of the batch that is being sent");
  auto& handed_over = shown.processed();
  auto& queue_full = shown.processed(because_of("queue_full"));
  auto& late = shown.processed(because_of("stopped"));
  auto& exported = shown.exported();
  auto& rejected = shown.exported(because_of("rejected"));
  auto& unreachable = shown.exported(because_of("unreachable"));
  auto& stopped = shown.exported(because_of("stopped"));
  // Two who ask at once must not both add what is new.
  const auto one_at_a_time = std::make_shared<std::mutex>();
  metrics.on_collect(
      [=, &queued, &in_flight, &handed_over, &queue_full, &late, &exported, &rejected, &unreachable, &stopped] {
        const std::scoped_lock lock(*one_at_a_time);
        const auto counts = queue->counts();
        queued.Set(static_cast<double>(counts.queued));
        in_flight.Set(static_cast<double>(counts.in_flight));
        raise(handed_over, counts.handed_over);
        raise(queue_full, counts.queue_full);
        raise(late, counts.late);
        raise(exported, counts.exported);
        raise(rejected, counts.rejected);
        raise(unreachable, counts.unreachable);
        raise(stopped, counts.stopped);
      });
}

}  // namespace assay::otlp
