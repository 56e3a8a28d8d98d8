#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audit/attributes.hpp"
#include "audit/record.hpp"
#include "base/error.hpp"
#include "base/uuid.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Destroys the content of records, inside the writer's transaction.
class RecordEraser {
 public:
  explicit RecordEraser(Connection& connection);

  /// Those of an order's records that have content, and whose they are.
  struct Target {
    std::vector<std::uint64_t> indexes;
    std::optional<Uuid> patient;                ///< when all are of that one
    std::vector<audit::Attributes> attributes;  ///< by which each is found, parallel to the indexes
  };
  /// Problem 404 when there is no such record, 409 when one is about the log itself, or would leave an attempt without
  /// the end that it had: that would be taken for one that was carried out, or whose end nobody knows yet.
  Result<Target> find(std::span<const std::uint64_t> indexes);

  /// The register of accesses must have come past them: it alone knows their patients then.
  void erase(const Target& target);

 private:
  /// The earlier attempt whose end a record tells, where that still has content.
  struct Attempt {
    Uuid id;
    std::uint64_t index = 0;
  };
  std::optional<Attempt> attempt_of(const audit::NewRecord& record, std::uint64_t index);
  void delete_attribute(std::optional<std::int64_t> hash, std::uint64_t index);

  Statement select_;
  Statement select_attempt_;
  Statement erase_;
  Statement delete_attribute_;
};

}  // namespace assay::sqlite
