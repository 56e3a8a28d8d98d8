#pragma once

#include <filesystem>

namespace assay::app {

/// Where a register lies.
struct RegisterPlace {
  std::filesystem::path data_directory;
  std::filesystem::path head_file;  ///< of the log; empty: in the data directory
};

/// Copies the databases of a running or a stopped register into `folder`, which must not exist, and verifies the
/// copies: all or nothing. The audit database must not contradict the log's head. Secrets are not copied. Returns the
/// exit code; throws Refusal with a sentence.
int backup_register(const RegisterPlace& place, const std::filesystem::path& folder);

/// Verifies a backup and puts it into a data directory, whose register must be stopped; the databases that it
/// replaces are kept in a folder beside them, whose path is printed. Returns the exit code; throws Refusal with a
/// sentence when the backup is not whole or contradicts the log's head that is there, or the folder is in use.
int restore_register(const RegisterPlace& place, const std::filesystem::path& folder);

/// Throws Refusal when a restore into that data directory was broken off.
void refuse_half_restored(const std::filesystem::path& data_directory);

}  // namespace assay::app
