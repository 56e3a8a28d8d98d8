#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "audit/register_query.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Goes through the indexes of records that one of the register's indexes has, ascending.
class IndexWalk {
 public:
  virtual ~IndexWalk() = default;
  /// The first one at or above `least`, which never decreases; nothing when there is none.
  virtual std::optional<std::uint64_t> seek(std::uint64_t least) = 0;
};

/// The records of an actor or an operation, by the hash that `attribute` has.
class AttributeWalk final : public IndexWalk {
 public:
  AttributeWalk(const Connection& connection, std::int64_t hash);
  std::optional<std::uint64_t> seek(std::uint64_t least) override;

 private:
  std::int64_t hash_;
  Statement select_;
};

/// The records of a patient that `access` has: their indexes ascend with their numbers.
class PatientWalk final : public IndexWalk {
 public:
  PatientWalk(const Connection& connection, const Uuid& patient);
  std::optional<std::uint64_t> seek(std::uint64_t least) override;

  /// How many of them there are, by the last one's number.
  std::uint64_t last() const { return last_; }
  /// The number of what `seek` found, or the one after the last.
  std::uint64_t sequence() const { return sequence_; }

 private:
  std::uint64_t index_of(std::uint64_t sequence);

  Uuid patient_;
  Statement select_;
  std::uint64_t last_ = 0;
  std::uint64_t sequence_ = 1;
};

/// A walk for each of the query's filters that has an index.
std::vector<std::unique_ptr<IndexWalk>> walks_for(const Connection& connection, const audit::RegisterQuery& query);

}  // namespace assay::sqlite
