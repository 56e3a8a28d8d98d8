#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/attributes.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// What the index of actors and operations must hold, as sums of keyed hashes over its rows: in whichever order they
/// are read, the same rows have the same sum.
class AttributeSums {
 public:
  /// Inside the connection's open transaction.
  explicit AttributeSums(const Connection& connection);

  /// Of the rows of the record at `index`. Safe from any thread.
  std::uint64_t of(const audit::Attributes& attributes, std::uint64_t index) const;
  std::uint64_t of_row(std::int64_t hash, std::int64_t index) const;

  /// Only records below it are in the index yet.
  std::uint64_t position() const { return position_; }

 private:
  std::string key_;  ///< random, so that nobody can aim at a sum
  std::uint64_t position_ = 0;
};

/// Holds the index of actors and operations against the records, stretch by stretch.
class AuditAttributesCheck {
 public:
  AuditAttributesCheck(const Connection& connection, const AttributeSums& sums, AuditFaults& faults)
      : connection_(connection), sums_(sums), faults_(faults) {}

  /// Takes the next stretch of records, from `first` on, and the sum of their rows.
  void add(std::uint64_t first, std::uint64_t sum) { stretches_.push_back({.first = first, .sum = sum}); }
  /// All were added.
  void finish();

 private:
  struct Stretch {
    std::uint64_t first = 0;
    std::uint64_t sum = 0;
  };

  Stretch* stretch_of(std::int64_t index);

  const Connection& connection_;
  const AttributeSums& sums_;
  AuditFaults& faults_;
  std::vector<Stretch> stretches_;  ///< ascending
};

}  // namespace assay::sqlite
