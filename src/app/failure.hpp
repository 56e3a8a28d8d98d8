#pragma once

#include <exception>

namespace assay::app {

/// Says on standard error, in one sentence, what ended a command.
void print_failure(const std::exception& error);

}  // namespace assay::app
