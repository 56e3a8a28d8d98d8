#pragma once

#include <chrono>
#include <unordered_map>

#include "patients/search.hpp"
#include "sqlite/patients_row_block.hpp"
#include "sqlite/patients_statements.hpp"

namespace assay::sqlite {

/// The rows of the patients born within a range, a block at a time, as the indexes know them. Whole years come
/// from the index of birth years, block by block as they are asked for; what is left at the range's ends, less
/// than a year each, from the index of days at once.
class BirthRange {
 public:
  /// Of the criteria only the range counts.
  BirthRange(PatientsStatements& statements, const patients::Criteria& criteria);

  RowBlock rows(std::int64_t block);

 private:
  void read_days(std::chrono::sys_days first, std::chrono::sys_days last);

  PatientsStatements& statements_;
  std::chrono::year first_whole_year_{};
  std::chrono::year last_whole_year_{};
  std::unordered_map<std::int64_t, RowBlock> ends_;
};

}  // namespace assay::sqlite
