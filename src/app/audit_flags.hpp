#pragma once

#include <CLI/CLI.hpp>

#include "app/audit_erase.hpp"
#include "app/audit_export.hpp"

namespace assay::app {

/// The flags of `assay audit erase`, which set `options`. Both must outlive the parsing.
void add_erase_flags(CLI::App& erase, AuditEraseOptions& options);

/// The flags of `assay audit export` that say which records; likewise.
void add_export_flags(CLI::App& exported, AuditExport& options);

}  // namespace assay::app
