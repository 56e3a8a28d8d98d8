#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "merkle/tile.hpp"

namespace assay::merkle {

/// The entries under one tile of level 0, as many as that has hashes.
struct EntryBundle {
  std::uint64_t index = 0;
  unsigned width = kTileWidth;

  bool operator==(const EntryBundle&) const = default;
};

/// Where a log serves them below its prefix (C2SP tlog-tiles): "tile/0/x001/x234/067", "tile/1/000.p/17" and
/// "tile/entries/x001/x234/067".
std::string tile_path(const Tile& tile);
std::string entry_bundle_path(const EntryBundle& bundle);

/// Read back what the two above make of levels up to 63 and widths from 1 to 256; nothing for any other spelling.
/// Whether a tree has such a tile is another question.
std::optional<Tile> parse_tile_path(std::string_view path);
std::optional<EntryBundle> parse_entry_bundle_path(std::string_view path);

}  // namespace assay::merkle
