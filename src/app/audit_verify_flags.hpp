#pragma once

#include <CLI/CLI.hpp>

#include "app/audit_verify.hpp"

namespace assay::app {

/// The flags of `assay audit verify`, which set `options`. One that is given with an empty value is told from one that
/// is not given.
void add_verify_flags(CLI::App& verify, VerifyOptions& options);

}  // namespace assay::app
