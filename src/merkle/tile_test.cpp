#include "merkle/tile.hpp"

#include <gtest/gtest.h>

#include <string>

#include "merkle/proof.hpp"
#include "merkle/tree_model.hpp"

namespace assay::merkle {
namespace {

constexpr std::uint64_t kLargest = kLargestSize;

/// As stored: the hashes one after the other, computed from the definition.
std::string stored(TreeModel& model, const Tile& tile) {
  const auto leaves_of_hash = std::uint64_t{1} << tile.level * kTileHeight;
  std::string bytes;
  for (unsigned i = 0; i < tile.width; ++i) {
    const auto begin = (tile.index * kTileWidth + i) * leaves_of_hash;
    const auto hash = model.root(begin, begin + leaves_of_hash);
    bytes.append(hash.begin(), hash.end());
  }
  return bytes;
}

TEST(Tiles, OfTheSpecificationsExamples) {
  const std::vector<TileRow> rows = {{.level = 0, .full_tiles = 273, .partial_width = 112},
                                     {.level = 1, .full_tiles = 1, .partial_width = 17},
                                     {.level = 2, .full_tiles = 0, .partial_width = 1}};
  EXPECT_EQ(tile_rows(70'000), rows);
  const std::vector<TileRow> one_full = {{.level = 0, .full_tiles = 1, .partial_width = 0},
                                         {.level = 1, .full_tiles = 0, .partial_width = 1}};
  EXPECT_EQ(tile_rows(256), one_full);
  EXPECT_TRUE(tile_rows(0).empty());
  EXPECT_EQ(tile_rows(kLargest).size(), 8U);
}

TEST(Tiles, AreInTheTreeUpToItsLastHash) {
  EXPECT_TRUE(is_in_tree({.level = 0, .index = 272}, 70'000));
  EXPECT_FALSE(is_in_tree({.level = 0, .index = 273}, 70'000));
  EXPECT_TRUE(is_in_tree({.level = 0, .index = 273, .width = 112}, 70'000));
  EXPECT_FALSE(is_in_tree({.level = 0, .index = 273, .width = 113}, 70'000));
  EXPECT_TRUE(is_in_tree({.level = 0, .index = 3, .width = 1}, 70'000));
  EXPECT_TRUE(is_in_tree({.level = 2, .index = 0, .width = 1}, 70'000));
  EXPECT_FALSE(is_in_tree({.level = 2, .index = 0, .width = 2}, 70'000));
  EXPECT_FALSE(is_in_tree({.level = 3, .index = 0, .width = 1}, 70'000));
}

TEST(Tiles, OfImpossiblePlacesAreInNoTree) {
  EXPECT_FALSE(is_in_tree({.level = 0, .index = 0, .width = 0}, kLargest));
  EXPECT_FALSE(is_in_tree({.level = 0, .index = 0, .width = 257}, kLargest));
  EXPECT_FALSE(is_in_tree({.level = 8, .index = 0, .width = 1}, kLargest));
  EXPECT_FALSE(is_in_tree({.level = 63, .index = 0, .width = 1}, kLargest));
  // So large that counting its hashes overflows.
  EXPECT_FALSE(is_in_tree({.level = 0, .index = std::uint64_t{1} << 56U, .width = 1}, 70'000));
}

TEST(Tiles, HoldTheHashOfEveryNode) {
  TreeModel model;
  for (const std::uint64_t size : {1U, 2U, 255U, 256U, 257U, 300U, 511U, 512U, 1000U}) {
    for (unsigned level = 0; size >> level != 0; ++level) {
      for (std::uint64_t index = 0; index < size >> level; ++index) {
        const auto part = tile_part_of({.level = level, .index = index}, size);
        ASSERT_TRUE(part && is_in_tree(part->tile, size));
        ASSERT_EQ(root_of_part(*part, as_bytes(stored(model, part->tile))),
                  model.reader(size)({.level = level, .index = index}))
            << "level " << level << ", index " << index << " of " << size;
      }
    }
  }
}

TEST(Tiles, AreFoundForNodesBetweenTheirLevels) {
  const auto part = tile_part_of({.level = 11, .index = 33}, 70'000);
  EXPECT_EQ(part, (TilePart{.tile = {.level = 1, .index = 1, .width = 17}, .begin = 8, .count = 8}));
  EXPECT_FALSE(tile_part_of({.level = 11, .index = 34}, 70'000).has_value());
  EXPECT_FALSE(tile_part_of({.level = 64, .index = 0}, kLargest).has_value());
  EXPECT_TRUE(tile_part_of({.level = 62, .index = 0}, kLargest).has_value());
}

TEST(Tiles, OfAnotherWidthAreRefused) {
  const TilePart part{.tile = {.level = 0, .index = 0, .width = 3}, .begin = 0, .count = 2};
  EXPECT_TRUE(root_of_part(part, as_bytes(std::string(96, 'x'))).has_value());
  EXPECT_FALSE(root_of_part(part, as_bytes(std::string(64, 'x'))).has_value());
  EXPECT_FALSE(root_of_part(part, as_bytes(std::string(97, 'x'))).has_value());
  EXPECT_FALSE(root_of_part({.tile = part.tile, .begin = 2, .count = 2}, as_bytes(std::string(96, 'x'))).has_value());
}

TEST(Tiles, AreEnoughForProofs) {
  constexpr std::uint64_t kSize = 70'000;
  TreeModel model;
  const ReadNode read = [&](const Node& node) {
    const auto part = tile_part_of(node, kSize);
    return root_of_part(*part, as_bytes(stored(model, part->tile))).value();
  };
  EXPECT_EQ(root_of(kSize, read), model.root(0, kSize));
  EXPECT_EQ(inclusion_proof({.index = 65'600, .size = kSize}, read), model.path(65'600, 0, kSize));
  EXPECT_EQ(consistency_proof({.old_size = 66'001, .new_size = kSize}, read), model.consistency(66'001, kSize));
}

}  // namespace
}  // namespace assay::merkle
