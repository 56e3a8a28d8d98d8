#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/record.hpp"

namespace assay::sqlite {

/// What the record of a rotation of the log's key says.
struct AuditRotation {
  std::uint64_t index = 0;            ///< of the record
  std::string key;                    ///< the verifier key from there on; empty where it says none
  std::optional<std::uint64_t> size;  ///< how many records came before
};

/// Reads the record of a rotation; nothing for any other.
std::optional<AuditRotation> read_rotation(std::uint64_t index, const audit::NewRecord& record);

}  // namespace assay::sqlite
