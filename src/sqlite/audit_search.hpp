#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "audit/register_query.hpp"
#include "sqlite/audit_filter.hpp"
#include "sqlite/audit_walk.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// One page of a query of the register, inside a read transaction. Up to where the register's indexes reach, it goes
/// through the records that all of the query's indexes have, and from there on through the records one by one. What
/// is found is held against the record.
class AuditSearch {
 public:
  /// `query` must outlive it.
  AuditSearch(const Connection& connection, const audit::RegisterQuery& query);

  audit::RegisterPage run();

 private:
  /// Sets `at_` and `end_` as near to the period as is known.
  void narrow_to_dates(std::uint64_t size);
  bool is_in_period(std::string_view document) const;

  /// Go on from `at_` up to `end`, as long as there is room.
  void follow_indexes(std::uint64_t end);
  void follow_records(std::uint64_t end);
  /// Moves `at_` on to the next index that all walks have; false when there is none below `end`, or no room.
  bool seek(std::uint64_t end);

  /// Takes the row of a statement on index, id and document, if it is asked for.
  void look_at(const Statement& row, bool may_take_erased);
  bool has_room() const;

  const Connection& connection_;
  const audit::RegisterQuery& query_;
  AuditFilter filter_;
  std::vector<std::unique_ptr<IndexWalk>> walks_;
  audit::RegisterPage page_;
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;
  bool dates_are_known_ = true;  ///< whether all that is still there in [at_, end_) is of the period
  std::size_t examined_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace assay::sqlite
