#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// A set of rows out of one block of 1,024 neighbours: what an entry of a search index holds. Sets of many
/// rows are intersected a block at a time, so that two frequent values with nothing in common cost a thousand
/// steps in a million patients and not a million.
class RowBlock {
 public:
  static constexpr std::int64_t kRows = 1024;
  static constexpr std::int64_t kSegmentBlocks = 64;

  /// The number of the block that a row is in, and the row's place there.
  static std::int64_t number_of(std::int64_t row) { return row / kRows; }
  /// Blocks of about the same age make a segment: texts are indexed a segment at a time, so that new entries
  /// meet each other on few pages however many patients there are.
  static std::int64_t segment_of(std::int64_t block) { return block / kSegmentBlocks; }
  static unsigned position_of(std::int64_t row) { return static_cast<unsigned>(row % kRows); }

  void insert(unsigned position) { words_[position / kWordBits] |= bit(position); }
  void erase_below(unsigned position);
  bool contains(unsigned position) const { return (words_[position / kWordBits] & bit(position)) != 0; }
  bool empty() const { return *this == RowBlock(); }

  RowBlock& operator&=(const RowBlock& other);
  RowBlock& operator|=(const RowBlock& other);
  RowBlock& operator-=(const RowBlock& other);
  bool operator==(const RowBlock&) const = default;

  /// The lowest position in the set at `from` or above.
  std::optional<unsigned> first_from(unsigned from) const;

  /// As stored: fewer than 64 positions as two bytes each, ascending, low byte first; else 128 bytes of bits,
  /// the lowest position in the lowest bit of the first byte.
  std::vector<std::uint8_t> encode() const;
  /// Throws Error (SQLITE_CORRUPT) for bytes that `encode` does not make.
  static RowBlock decode(Blob stored);

 private:
  static constexpr unsigned kWordBits = 64;
  static std::uint64_t bit(unsigned position) { return std::uint64_t{1} << (position % kWordBits); }

  std::array<std::uint64_t, kRows / kWordBits> words_{};
};

}  // namespace assay::sqlite
