#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/record.hpp"
#include "base/error.hpp"

namespace assay::audit {

/// Records whose content one call may destroy.
inline constexpr std::size_t kMaximumErasedRecords = 1'000;

/// An order to destroy the content of records: document and salt go; index, id, entry and the patient's number stay.
struct Erasure {
  std::vector<std::uint64_t> indexes;  ///< 1 to kMaximumErasedRecords, ascending
  std::string reason;
  Uuid record_id;  ///< of the record that will say so
  Principal actor;
  std::string operation_id;
};

/// What came of it.
struct Erased {
  std::size_t records = 0;          ///< that lost their content now
  std::size_t already = 0;          ///< that had lost it before
  std::optional<Appended> record;   ///< says so; there is none where nothing was left to erase
  bool is_out_of_the_files = true;  ///< false while a reader still holds copies in the database's log
};

/// Records that were stored before a moment and still have their content.
struct OldRecords {
  std::vector<std::uint64_t> indexes;  ///< at most kMaximumErasedRecords
  std::uint64_t next = 0;              ///< where to go on
  bool is_last = true;
};

/// Whether the record says what happened to the log itself (an erasure, a restore): it names no person, and stays.
bool is_about_log(const NewRecord& record);

/// The record of the erasure of these; `patient` when all are that patient's.
NewRecord record_of(const Erasure& erasure, const std::vector<std::uint64_t>& erased, std::optional<Uuid> patient);

}  // namespace assay::audit
