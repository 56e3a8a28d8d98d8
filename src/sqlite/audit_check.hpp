#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "merkle/verifier_key.hpp"
#include "sqlite/audit_chunk.hpp"
#include "sqlite/audit_effort.hpp"
#include "sqlite/audit_restore.hpp"
#include "sqlite/audit_rotation.hpp"

namespace assay::sqlite {

/// What an audit database is held against besides itself.
struct AuditEvidence {
  /// Signed notes that were kept outside. They must be older than the examination.
  std::vector<KeptNote> notes;
  /// So many of them, the first ones, must be in the database too.
  std::size_t stored_notes = 0;
  /// Keys of which the log must be; it must not go on after one of them under another.
  std::vector<merkle::VerifierKey> keys;
  /// Whether a log must have signed the records, as it has once the register was started on them.
  bool must_be_signed = false;
};

constexpr std::size_t kMostAuditFaults = 100;

/// Is told how many of how many records were examined.
using AuditProgress = std::function<void(std::uint64_t, std::uint64_t)>;

/// What an examination found. The counts are of what was examined, also when it was broken off.
struct AuditFindings {
  /// Sentences that name records by index and no patient, in the order of the records; at most a hundred, at which the
  /// examination is broken off.
  std::vector<std::string> faults;
  std::uint64_t records = 0;
  std::uint64_t erased = 0;
  std::uint64_t patients = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t logs = 0;  ///< names under which the register was signed
  std::vector<AuditRestore> restores;
  std::vector<AuditRotation> rotations;
  AuditEffort effort;
};

/// Examines an audit database, running or not, as it is at one moment: each record against its row and its entry, the
/// entries against the tiles, the tree against every checkpoint that was kept or that the record of a restore names,
/// each patient's numbers for gaps, the register of accesses, disclosures and erasures against the records. Works on
/// all processors; memory grows with the number of patients. Shares nothing with the writer but the forms of records
/// and of signed notes. Throws Error when the database can't be read.
AuditFindings examine_audit(const std::filesystem::path& database_file, const AuditEvidence& evidence,
                            const AuditProgress& progress);

/// Whether an audit database has the note among its checkpoints.
bool has_checkpoint(const std::filesystem::path& database_file, const KeptNote& kept);

/// The faults of an audit database as `examine_audit` finds them, and those of the file itself; at most two hundred.
std::vector<std::string> check_audit(const std::filesystem::path& database_file, const AuditEvidence& evidence = {});

}  // namespace assay::sqlite
