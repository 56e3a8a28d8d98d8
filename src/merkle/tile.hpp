#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "merkle/hashing.hpp"
#include "merkle/node.hpp"

namespace assay::merkle {

/// A tile spans so many levels of the tree.
constexpr unsigned kTileHeight = 8;
/// And so many hashes, when it is full.
constexpr unsigned kTileWidth = 1U << kTileHeight;

/// A sequence of neighbouring nodes of level `level * kTileHeight`, from index * kTileWidth on (C2SP tlog-tiles).
/// It is stored as their hashes, one after the other. With fewer than kTileWidth hashes it is partial.
struct Tile {
  unsigned level = 0;
  std::uint64_t index = 0;
  unsigned width = kTileWidth;

  bool operator==(const Tile&) const = default;
};

/// Some neighbouring hashes of a tile; they make up one node, so their number is a power of two.
struct TilePart {
  Tile tile;
  unsigned begin = 0;
  unsigned count = 1;

  bool operator==(const TilePart&) const = default;
};

/// The tiles of one level: `full_tiles` of them and, unless the width is 0, a partial one behind them.
struct TileRow {
  unsigned level = 0;
  std::uint64_t full_tiles = 0;
  unsigned partial_width = 0;

  bool operator==(const TileRow&) const = default;
};

/// All tiles of a tree of `size` leaves, from level 0 up.
std::vector<TileRow> tile_rows(std::uint64_t size);

/// Whether a tree of `size` leaves has all hashes of the tile.
bool is_in_tree(const Tile& tile, std::uint64_t size);

/// Where the hash of a node is found in a tree of `size` leaves: in the widest tile of that size. Nothing when the tree
/// has no such node.
std::optional<TilePart> tile_part_of(const Node& node, std::uint64_t size);

/// The hash of the node that the part makes up, out of the tile as stored; nothing when that is not the tile's width.
std::optional<Hash> root_of_part(const TilePart& part, std::span<const std::uint8_t> stored_tile);

}  // namespace assay::merkle
