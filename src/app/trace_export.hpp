#pragma once

#include <memory>

#include "app/configuration.hpp"
#include "app/foundation.hpp"
#include "otlp/exporter.hpp"

namespace assay::app {

/// Sends what the tracer samples to the receiver that the configuration names; null where it names none. Before
/// operations begin; must outlive them. Throws Refusal for what can't be used.
std::unique_ptr<otlp::Exporter> export_traces(const Configuration& configuration, Foundation& foundation);

}  // namespace assay::app
