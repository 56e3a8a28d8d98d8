#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "sqlite/audit_attributes_check.hpp"
#include "sqlite/audit_chunk.hpp"
#include "sqlite/audit_effort.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/audit_log_keys.hpp"
#include "sqlite/audit_tree_check.hpp"

namespace assay::sqlite {

/// That a record is about a patient, and the patient's how manieth.
struct PatientNumber {
  Uuid patient;
  std::uint64_t sequence = 0;
  std::uint64_t index = 0;
};

/// That a record is part of what another begins, such as of a search.
struct RecordPart {
  Uuid whole;
  std::uint64_t index = 0;
};

/// What a chunk says by itself, for the comparison with the others.
struct ChunkFindings {
  std::uint64_t first = 0;
  bool is_in_tree = true;
  std::vector<AuditFault> faults;
  std::optional<Timestamp> first_date;
  std::optional<Timestamp> last_date;
  std::uint64_t first_dated = 0;  ///< the record of `first_date`
  std::vector<PatientNumber> numbers;
  std::vector<RecordPart> parts;
  std::uint64_t attributes = 0;            ///< the sum of their rows in the index of actors and operations
  std::vector<std::uint64_t> erased;       ///< records without salt and document
  std::vector<std::uint64_t> said_erased;  ///< records that a record says were erased
  std::vector<Bytes32> tile_roots;         ///< of the full tiles
  std::vector<SignedTree> checkpoints;     ///< ascending
  AuditEffort effort;
};

/// Examines what can be examined of a chunk alone: each record against its row, its entry and the canonical form, full
/// tiles of level 0 against the entries, the signatures of checkpoints. Safe from any thread.
ChunkFindings examine_chunk(const AuditChunk& chunk, const AuditLogKeys& keys, const AttributeSums& attributes);

}  // namespace assay::sqlite
