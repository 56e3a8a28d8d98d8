#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sqlite/audit_faults.hpp"

namespace assay::sqlite {

/// A set of indexes that takes memory for each run of them. It is asked once they are in order: they were added in
/// ascending order, or `sort` was called.
class IndexRuns {
 public:
  void add(std::uint64_t index);
  void sort();

  bool contains(std::uint64_t index) const { return count_in(index, index + 1) == 1; }
  /// How many are in [begin, end).
  std::uint64_t count_in(std::uint64_t begin, std::uint64_t end) const;
  std::uint64_t size() const;
  /// The lowest from `begin` on that the other lacks.
  std::optional<std::uint64_t> first_not_in(const IndexRuns& other, std::uint64_t begin) const;

 private:
  struct Run {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< past the last
  };

  std::vector<Run> runs_;
};

/// Holds the records without content against the records that say which ones were erased.
class ErasedRecords {
 public:
  /// In ascending order.
  void add(std::uint64_t index) { erased_.add(index); }
  void add_said(std::uint64_t index) { said_.add(index); }

  const IndexRuns& indexes() const { return erased_; }

  /// All were added; the register has `records`.
  void finish(std::uint64_t records, AuditFaults& faults);

 private:
  IndexRuns erased_;
  IndexRuns said_;
};

}  // namespace assay::sqlite
