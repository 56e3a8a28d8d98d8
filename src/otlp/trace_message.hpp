#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/tracer.hpp"

namespace assay::otlp {

/// Who speaks: what is the same of all spans of this process.
struct Resource {
  std::string version;
  std::string instance_id;  ///< another for each process
  std::string host_name;
};

/// The spans as an ExportTraceServiceRequest of OTLP 1 (opentelemetry-proto): one resource for each part, named
/// assay-PART in the namespace assay.
std::string encode(const std::vector<telemetry::FinishedOperation>& operations, const Resource& resource);

/// How many spans the receiver says it did not keep (ExportTraceServiceResponse.partial_success); 0 where it says
/// nothing.
std::uint64_t rejected_spans(std::string_view answer);

}  // namespace assay::otlp
