#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

struct AuditExport {
  std::filesystem::path file;  ///< `-` for standard output
  std::string format;          ///< "ndjson" or "csv"; empty: by the file's name
  std::string url;
  std::filesystem::path key_file;
  // What the records must match; each empty when it doesn't count.
  std::string patient;
  std::string actor;
  std::string operation;
  std::string from;
  std::string to;
};

/// Writes the audit records that match from a running register into a new file, oldest first. The reading is
/// audited. There is no file unless all went into it. Returns the exit code; throws Refusal when the file exists.
int export_audit(const AuditExport& options);

}  // namespace assay::app
