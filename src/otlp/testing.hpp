#pragma once

#include <cstddef>
#include <memory>

#include "telemetry/tracer.hpp"

namespace assay::otlp {

/// An operation of so many spans.
inline telemetry::FinishedOperation an_operation(std::size_t spans) {
  auto record = std::make_shared<telemetry::OperationRecord>();
  record->trace_id[0] = 1;
  for (std::size_t i = 0; i < spans; ++i) {
    auto& span = record->spans.emplace_back();
    span.id[0] = static_cast<std::uint8_t>(i + 1);
    span.name = "GET /patient/{patientId}";
    span.part = "gateway";
  }
  return record;
}

}  // namespace assay::otlp
