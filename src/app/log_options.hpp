#pragma once

#include "app/configuration.hpp"
#include "telemetry/log.hpp"

namespace assay::app {

/// How a part logs by its settings and, where they leave it open, by what standard error is.
telemetry::LogOptions log_options(const Configuration& configuration);

}  // namespace assay::app
