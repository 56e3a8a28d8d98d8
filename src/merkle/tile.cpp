#include "merkle/tile.hpp"

#include <algorithm>

namespace assay::merkle {

namespace {

constexpr std::size_t kHashBytes = sizeof(Hash);
constexpr unsigned kSizeBits = 64;

std::uint64_t nodes_at(unsigned level, std::uint64_t size) { return level < kSizeBits ? size >> level : 0; }

std::uint64_t hashes_at(unsigned tile_level, std::uint64_t size) {
  return tile_level < kSizeBits ? nodes_at(tile_level * kTileHeight, size) : 0;
}

/// `hashes` are those of a power of two of nodes.
Hash root_of_perfect(std::span<const std::uint8_t> hashes) {
  if (hashes.size() > kHashBytes) {
    const auto half = hashes.size() / 2;
    return node_hash(root_of_perfect(hashes.first(half)), root_of_perfect(hashes.subspan(half)));
  }
  Hash hash{};
  std::ranges::copy(hashes, hash.begin());
  return hash;
}

}  // namespace

std::vector<TileRow> tile_rows(std::uint64_t size) {
  std::vector<TileRow> rows;
  for (unsigned level = 0; hashes_at(level, size) != 0; ++level) {
    const auto hashes = hashes_at(level, size);
    rows.push_back({.level = level,
                    .full_tiles = hashes / kTileWidth,
                    .partial_width = static_cast<unsigned>(hashes % kTileWidth)});
  }
  return rows;
}

bool is_in_tree(const Tile& tile, std::uint64_t size) {
  const auto hashes = hashes_at(tile.level, size);
  if (tile.width == 0 || tile.width > kTileWidth || tile.index > hashes / kTileWidth) return false;
  return tile.width <= hashes - tile.index * kTileWidth;
}

std::optional<TilePart> tile_part_of(const Node& node, std::uint64_t size) {
  if (node.index >= nodes_at(node.level, size)) return std::nullopt;
  const auto level = node.level / kTileHeight;
  const auto height_in_tile = node.level % kTileHeight;
  const auto first_hash = node.index << height_in_tile;
  const auto tile_begin = first_hash - first_hash % kTileWidth;
  const auto width = std::min<std::uint64_t>(kTileWidth, hashes_at(level, size) - tile_begin);
  return TilePart{.tile = {.level = level, .index = first_hash / kTileWidth, .width = static_cast<unsigned>(width)},
                  .begin = static_cast<unsigned>(first_hash % kTileWidth),
                  .count = 1U << height_in_tile};
}

std::optional<Hash> root_of_part(const TilePart& part, std::span<const std::uint8_t> stored_tile) {
  if (stored_tile.size() != part.tile.width * kHashBytes || part.begin + part.count > part.tile.width) {
    return std::nullopt;
  }
  return root_of_perfect(stored_tile.subspan(part.begin * kHashBytes, part.count * kHashBytes));
}

}  // namespace assay::merkle
