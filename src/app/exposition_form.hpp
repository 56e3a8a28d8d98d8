#pragma once

#include "http/message.hpp"
#include "telemetry/metrics.hpp"

namespace assay::app {

/// In which form metrics are wanted: OpenMetrics where the Accept header names it, in version 1.0.0 or none, and no
/// other of ours with a greater weight (RFC 9110 section 12.5.1).
telemetry::ExpositionForm wanted_form(const http::Headers& request_headers);

/// The Content-Type of a form.
std::string_view media_type(telemetry::ExpositionForm form);

}  // namespace assay::app
