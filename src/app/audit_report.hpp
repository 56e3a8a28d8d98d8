#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

struct AuditReport {
  std::string patient;
  std::string output;            ///< "text", "html" or "json"
  std::filesystem::path proofs;  ///< a folder to make for the proofs; empty: they are not fetched
  std::string url;
  std::filesystem::path key_file;
};

/// Prints who accessed a patient's data, out of a running register, with the count at a signed checkpoint. The reading
/// is audited, and is the last access told. Returns the exit code; throws Refusal when an access is missing.
int report_accesses(const AuditReport& options);

}  // namespace assay::app
