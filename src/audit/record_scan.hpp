#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/uuid.hpp"

namespace assay::audit {

/// What an examination of many records asks of each.
struct ScannedRecord {
  Uuid id;
  Timestamp created_date;
  std::optional<Uuid> part_of;
  std::optional<Uuid> patient_id;
  std::uint64_t patient_sequence = 0;         ///< 0 without a patient
  std::string_view source_system_name;        ///< a view into the document, in JSON's escapes
  std::optional<std::string_view> actor_id;   ///< likewise
  std::optional<std::string_view> operation;  ///< likewise

  bool operator==(const ScannedRecord&) const = default;
};

/// Reads a record that is in canonical form several times faster than `parse_record`, and takes no memory. Nothing for
/// anything else, and nothing for some records in canonical form too, such as those with texts beyond ASCII: whoever
/// gets nothing asks `parse_record`.
std::optional<ScannedRecord> scan_record(std::string_view document);

}  // namespace assay::audit
