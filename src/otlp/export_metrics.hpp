#pragma once

#include <memory>

#include "otlp/span_queue.hpp"
#include "telemetry/metrics.hpp"

namespace assay::otlp {

/// Shows the queue's account in the program's metrics, named by OpenTelemetry's conventions for what an SDK tells of
/// itself. All that is shown together is of one moment.
void expose(const std::shared_ptr<const SpanQueue>& queue, telemetry::Metrics& metrics);

}  // namespace assay::otlp
