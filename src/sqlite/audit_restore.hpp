#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/record.hpp"
#include "merkle/checkpoint.hpp"

namespace assay::sqlite {

/// What the record of a restore says of the log before.
struct AuditRestore {
  std::uint64_t index = 0;  ///< of the record
  std::uint64_t size = 0;   ///< how many records were restored, as it says
  std::string origin;       ///< the name of the log before; empty when none was known
  std::string note;         ///< the last checkpoint of that log that was known then; empty when there was none
  std::optional<merkle::Checkpoint> checkpoint;  ///< what the note holds, its signature yet to be verified
};

/// Reads the record of a restore; nothing for any other.
std::optional<AuditRestore> read_restore(std::uint64_t index, const audit::NewRecord& record);

}  // namespace assay::sqlite
