#pragma once

#include "app/configuration.hpp"

namespace assay::app {

/// The parts of the program, each run until SIGTERM or SIGINT. Return the process's exit code; throw Refusal
/// when they can't start.
int run_serve(const Configuration& configuration);
int run_gateway(const Configuration& configuration);
int run_patients(const Configuration& configuration);
int run_audit(const Configuration& configuration);

}  // namespace assay::app
