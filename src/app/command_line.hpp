#pragma once

namespace assay::app {

/// Carries out what the command line says. Returns the process's exit code: 0 done, 1 failed, 2 wrong usage.
int run_command_line(int argument_count, char** arguments);

}  // namespace assay::app
