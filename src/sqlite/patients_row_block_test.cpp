#include "sqlite/patients_row_block.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace assay::sqlite {
namespace {

RowBlock block_of(const std::set<unsigned>& positions) {
  RowBlock block;
  for (const auto position : positions) block.insert(position);
  return block;
}

std::set<unsigned> positions_of(const RowBlock& block) {
  std::set<unsigned> positions;
  for (auto position = block.first_from(0); position; position = block.first_from(*position + 1)) {
    positions.insert(*position);
  }
  return positions;
}

std::set<unsigned> random_positions(std::size_t count, std::mt19937& random) {
  std::set<unsigned> positions;
  while (positions.size() < count) positions.insert(static_cast<unsigned>(random() % RowBlock::kRows));
  return positions;
}

TEST(RowBlock, EverySizeOfSetComesBackAsItWasStored) {
  std::mt19937 random(1);
  for (std::size_t count = 0; count <= RowBlock::kRows; ++count) {
    const auto positions = random_positions(count, random);
    const auto stored = block_of(positions).encode();
    ASSERT_LE(stored.size(), 128U);
    ASSERT_EQ(positions_of(RowBlock::decode(stored)), positions);
  }
}

TEST(RowBlock, TheStoredFormIsFixed) {
  EXPECT_EQ(block_of({1, 258, 1023}).encode(), (std::vector<std::uint8_t>{1, 0, 2, 1, 0xff, 3}));
  std::set<unsigned> even;
  for (unsigned position = 0; position < RowBlock::kRows; position += 2) even.insert(position);
  EXPECT_EQ(block_of(even).encode(), std::vector<std::uint8_t>(128, 0x55));
}

TEST(RowBlock, IntersectionUnionAndDifferenceAreThoseOfSets) {
  auto both = block_of({1, 64, 700});
  both &= block_of({64, 701});
  EXPECT_EQ(positions_of(both), (std::set<unsigned>{64}));
  both |= block_of({3, 1023});
  EXPECT_EQ(positions_of(both), (std::set<unsigned>{3, 64, 1023}));
  both -= block_of({2, 3});
  EXPECT_FALSE(both.contains(3));
  EXPECT_TRUE(both.contains(64));
}

TEST(RowBlock, ErasingBelowAPositionKeepsThatPosition) {
  for (const unsigned position : {0U, 1U, 63U, 64U, 65U, 1023U}) {
    auto block = block_of({0, 1, 63, 64, 65, 1023});
    block.erase_below(position);
    EXPECT_EQ(block.first_from(0), position);
    EXPECT_TRUE(block.contains(1023));
  }
}

TEST(RowBlock, BytesThatAreNoSetAreRefused) {
  EXPECT_THROW(RowBlock::decode(std::vector<std::uint8_t>{1}), Error);
  EXPECT_THROW(RowBlock::decode(std::vector<std::uint8_t>{0, 4}), Error);
  EXPECT_THROW(RowBlock::decode(std::vector<std::uint8_t>(130)), Error);
}

TEST(RowBlock, ARowIsFoundByItsBlockAndPosition) {
  EXPECT_EQ(RowBlock::number_of(1023), 0);
  EXPECT_EQ(RowBlock::number_of(1024), 1);
  EXPECT_EQ(RowBlock::position_of(2049), 1U);
}

}  // namespace
}  // namespace assay::sqlite
