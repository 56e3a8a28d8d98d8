#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

/// What `assay audit erase` is told.
struct AuditEraseOptions {
  std::string record;   ///< the id of one record; or
  std::string patient;  ///< the id of a person
  std::string reason;
  std::filesystem::path
      person_file;            ///< a JSON document of the person, where patients.db isn't there or has it no more
  bool is_confirmed = false;  ///< else the terminal is asked
};

/// Destroys the content of one record, or of all that tell of a person: the patient's own, and searches whose criteria
/// fit; through the socket of a running audit part, or on the database of a stopped one. Returns the exit code; throws
/// Refusal with a sentence when it can't.
int erase_audit_records(const std::filesystem::path& data_directory, const AuditEraseOptions& options);

}  // namespace assay::app
