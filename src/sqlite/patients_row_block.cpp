#include "sqlite/patients_row_block.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace assay::sqlite {

namespace {

constexpr std::size_t kBitsBytes = RowBlock::kRows / 8;
constexpr std::size_t kPositionBytes = 2;

}  // namespace

void RowBlock::erase_below(unsigned position) {
  std::fill_n(words_.begin(), position / kWordBits, 0);
  words_[position / kWordBits] &= ~std::uint64_t{0} << (position % kWordBits);
}

RowBlock& RowBlock::operator&=(const RowBlock& other) {
  for (std::size_t word = 0; word < words_.size(); ++word) words_[word] &= other.words_[word];
  return *this;
}

RowBlock& RowBlock::operator|=(const RowBlock& other) {
  for (std::size_t word = 0; word < words_.size(); ++word) words_[word] |= other.words_[word];
  return *this;
}

RowBlock& RowBlock::operator-=(const RowBlock& other) {
  for (std::size_t word = 0; word < words_.size(); ++word) words_[word] &= ~other.words_[word];
  return *this;
}

std::optional<unsigned> RowBlock::first_from(unsigned from) const {
  if (from >= kRows) return std::nullopt;
  auto word = from / kWordBits;
  auto bits = words_[word] & (~std::uint64_t{0} << (from % kWordBits));
  while (bits == 0) {
    if (++word == words_.size()) return std::nullopt;
    bits = words_[word];
  }
  return word * kWordBits + static_cast<unsigned>(std::countr_zero(bits));
}

std::vector<std::uint8_t> RowBlock::encode() const {
  std::vector<std::uint8_t> stored;
  for (auto position = first_from(0); position; position = first_from(*position + 1)) {
    stored.push_back(static_cast<std::uint8_t>(*position));
    stored.push_back(static_cast<std::uint8_t>(*position >> 8));
    if (stored.size() == kBitsBytes) break;
  }
  if (stored.size() < kBitsBytes) return stored;
  for (std::size_t byte = 0; byte < kBitsBytes; ++byte) {
    stored[byte] =
        static_cast<std::uint8_t>(words_[byte / sizeof(std::uint64_t)] >> (byte % sizeof(std::uint64_t) * 8));
  }
  return stored;
}

RowBlock RowBlock::decode(Blob stored) {
  RowBlock block;
  if (stored.size() == kBitsBytes) {
    for (std::size_t byte = 0; byte < kBitsBytes; ++byte) {
      block.words_[byte / sizeof(std::uint64_t)] |= std::uint64_t{stored[byte]} << (byte % sizeof(std::uint64_t) * 8);
    }
    return block;
  }
  bool valid = stored.size() < kBitsBytes && stored.size() % kPositionBytes == 0;
  for (std::size_t index = 0; valid && index < stored.size(); index += kPositionBytes) {
    const auto position = stored[index] | static_cast<unsigned>(stored[index + 1]) << 8;
    valid = position < kRows;
    if (valid) block.insert(position);
  }
  if (!valid) throw Error(SQLITE_CORRUPT, "read an entry of a search index");
  return block;
}

}  // namespace assay::sqlite
