#pragma once

#include <cstdint>
#include <deque>
#include <span>

#include "audit/attributes.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Which records are of an actor, and of an operation. What the table doesn't have yet is in memory. On the writer's
/// thread only.
class AttributeIndex {
 public:
  explicit AttributeIndex(Connection& connection);

  /// Forgets what is in memory.
  void clear() { tail_.clear(); }
  /// Indexes ascend.
  void note(const audit::Attributes& attributes, std::uint64_t index);
  /// Moves what is below `position` into the table, inside the open transaction.
  void advance(std::uint64_t position);

 private:
  struct Place {
    std::int64_t hash = 0;
    std::uint64_t index = 0;
  };

  static void insert(Statement& statement, std::span<const Place> places);

  std::deque<Place> tail_;
  Statement insert_;
  Statement insert_many_;
};

}  // namespace assay::sqlite
