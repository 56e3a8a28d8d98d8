#include "sqlite/patients_search_blocks.hpp"

#include <algorithm>
#include <deque>
#include <limits>

#include "sqlite/patients_birth_range.hpp"
#include "sqlite/patients_index.hpp"
#include "sqlite/patients_row_block.hpp"
#include "sqlite/patients_rows.hpp"

namespace assay::sqlite {

namespace {

constexpr std::int64_t kNoBlock = std::numeric_limits<std::int64_t>::max();

PatientsSql blocks_of(std::size_t field) {
  return static_cast<PatientsSql>(static_cast<std::size_t>(PatientsSql::kFirstNameBlocks) + field);
}

/// The index entries of one value, in the order of their blocks.
class BlockCursor {
 public:
  BlockCursor(PatientsStatements& statements, std::size_t field, const std::string& value, std::int64_t first_block,
              std::int64_t last_block)
      : statement_(statements[blocks_of(field)]),
        reset_(statement_),
        field_(static_cast<std::int64_t>(field)),
        value_(index_value(value)),
        segment_(RowBlock::segment_of(first_block)),
        last_segment_(RowBlock::segment_of(last_block)) {
    read_segment(first_block);
    step();
  }

  /// Moves to the first block that is `block` or above, and returns it.
  std::int64_t seek(std::int64_t block) {
    if (block_ < block && RowBlock::segment_of(block) > segment_) {
      segment_ = std::min(RowBlock::segment_of(block), last_segment_ + 1);
      read_segment(block);
      step();
    }
    while (block_ < block) step();
    return block_;
  }

  RowBlock rows() const { return RowBlock::decode(statement_.blob(1)); }

 private:
  void read_segment(std::int64_t first_block) {
    statement_.reset();
    statement_.bind(1, segment_).bind(2, field_).bind(3, value_).bind(4, first_block);
  }

  void step() {
    while (!statement_.step()) {
      if (segment_ >= last_segment_) {
        block_ = kNoBlock;
        return;
      }
      ++segment_;
      read_segment(0);
    }
    block_ = statement_.integer(0);
  }

  Statement& statement_;
  ResetOnExit reset_;
  std::int64_t field_;
  std::int64_t value_;
  std::int64_t segment_;
  std::int64_t last_segment_;
  std::int64_t block_ = -1;
};

std::int64_t last_block(PatientsStatements& statements) {
  auto& last_row = statements[PatientsSql::kLastRow];
  const ResetOnExit reset(last_row);
  last_row.step();
  return RowBlock::number_of(last_row.integer(0));
}

/// What all criteria have in common, as the indexes know it.
class Intersection {
 public:
  Intersection(PatientsStatements& statements, const patients::Criteria& criteria, std::int64_t first_block) {
    const auto last = last_block(statements);
    for (std::size_t field = 0; field < patients::kFieldCount; ++field) {
      const auto& value = criteria.equal.fields[field];
      if (value) cursors_.emplace_back(statements, field, *value, first_block, last);
    }
    if (criteria.born_from || criteria.born_to) birth_range_.emplace(statements, criteria);
  }

  /// The first block that is `block` or above and in every criterion's index; kNoBlock at the end.
  std::int64_t seek(std::int64_t block) {
    for (auto highest = block;; block = highest) {
      for (auto& cursor : cursors_) highest = std::max(highest, cursor.seek(highest));
      if (highest == block || highest == kNoBlock) return highest;
    }
  }

  /// The rows in the block that `seek` returned.
  RowBlock rows(std::int64_t block) {
    auto common = cursors_.front().rows();
    for (const auto& cursor : cursors_) common &= cursor.rows();
    if (birth_range_ && !common.empty()) common &= birth_range_->rows(block);
    return common;
  }

 private:
  std::deque<BlockCursor> cursors_;
  std::optional<BirthRange> birth_range_;
};

/// The rows above `after_row` of which a version in the tail meets the criteria, ascending.
std::vector<std::int64_t> matching_tail_rows(PatientsStatements& statements, const patients::Criteria& criteria,
                                             std::int64_t after_row) {
  std::vector<std::int64_t> rows;
  auto& tail = statements[PatientsSql::kTail];
  const ResetOnExit reset(tail);
  tail.bind(1, after_row);
  while (tail.step()) {
    if (fields_match(tail, criteria)) rows.push_back(tail.integer(0));
  }
  std::ranges::sort(rows);
  return rows;
}

/// Adds those of the rows that meet the criteria to the page, until that is full.
void add_matching(PatientsStatements& statements, const patients::Criteria& criteria, std::int64_t block,
                  const RowBlock& rows, patients::GrowingPage& page) {
  for (auto position = rows.first_from(0); position && !page.is_full(); position = rows.first_from(*position + 1)) {
    const auto row = block * RowBlock::kRows + *position;
    auto patient = read_if_matching(statements, row, criteria);
    if (patient) page.add(std::move(*patient), {.birth_day = {}, .row = row});
  }
}

}  // namespace

patients::SearchPage search_by_blocks(PatientsStatements& statements, const patients::Criteria& criteria,
                                      std::int64_t after_row, std::size_t limit) {
  patients::GrowingPage page(limit);
  const auto tail = matching_tail_rows(statements, criteria, after_row);
  const auto first_block = RowBlock::number_of(after_row + 1);
  Intersection indexed(statements, criteria, first_block);
  auto tail_row = tail.begin();
  for (auto block = first_block; !page.is_full(); ++block) {
    const auto indexed_block = indexed.seek(block);
    block = std::min(indexed_block, tail_row == tail.end() ? kNoBlock : RowBlock::number_of(*tail_row));
    if (block == kNoBlock) break;
    auto rows = block == indexed_block ? indexed.rows(block) : RowBlock();
    for (; tail_row != tail.end() && RowBlock::number_of(*tail_row) == block; ++tail_row) {
      rows.insert(RowBlock::position_of(*tail_row));
    }
    if (block == first_block) rows.erase_below(RowBlock::position_of(after_row + 1));
    add_matching(statements, criteria, block, rows, page);
  }
  return std::move(page).take();
}

}  // namespace assay::sqlite
