#pragma once

#include <cstdint>
#include <vector>

#include "merkle/edge.hpp"
#include "merkle/tile.hpp"
#include "merkle/verification.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Where a tile is stored: its level and index in one number.
std::int64_t place_of(const merkle::Tile& tile);

/// The Merkle tree of the audit log from the writer's thread: takes the leaves in order and stores each tile that they
/// fill, in the open transaction. The tiles not yet full are in memory, where they only repeat the entries.
class AuditTree {
 public:
  explicit AuditTree(Connection& connection);

  /// Becomes the tree over the first `size` entries, all of which are stored. Throws Refusal when a tile lacks.
  void load(std::uint64_t size);

  void append(const merkle::Hash& leaf);

  merkle::TreeHead head() const { return {.size = edge_.size(), .root = edge_.root()}; }

 private:
  void add(const merkle::Node& node, const merkle::Hash& hash);
  void store(const merkle::Tile& tile, const merkle::Hash& root);
  std::vector<merkle::Hash> read_open_tile(const merkle::TileRow& row);
  void restore_edge(std::uint64_t size);

  merkle::Edge edge_;
  std::vector<std::vector<merkle::Hash>> open_tiles_;  ///< by level
  Statement insert_tile_;
  Statement select_entries_;
  Statement select_roots_;
};

}  // namespace assay::sqlite
