#pragma once

#include <cstdint>
#include <optional>

#include "base/uuid.hpp"
#include "sqlite/audit_chunk_examination.hpp"
#include "sqlite/audit_erased_records.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Holds the noted runs of disclosures, and of other parts of a record, against the records that say so.
class AuditDisclosuresCheck {
 public:
  /// Inside the connection's open transaction.
  AuditDisclosuresCheck(const Connection& connection, AuditFaults& faults);

  /// Takes the next record that is part of another, in their order. `erased` has all records below it that have no
  /// content.
  void add(const RecordPart& part, const IndexRuns& erased);
  /// All were added.
  void finish(const IndexRuns& erased);

 private:
  struct Run {
    Uuid whole;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< past the last
    std::uint64_t parts = 0;
  };

  void advance();
  void close_run(const IndexRuns& erased);

  AuditFaults& faults_;
  Statement runs_;
  std::optional<Run> run_;
};

}  // namespace assay::sqlite
