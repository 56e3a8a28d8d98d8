#include "sqlite/audit_tree.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace assay::sqlite {

namespace {

constexpr unsigned kIndexBits = 48;

Blob bytes_of(const std::vector<merkle::Hash>& hashes) {
  return {reinterpret_cast<const std::uint8_t*>(hashes.data()), hashes.size() * sizeof(merkle::Hash)};
}

merkle::Hash hash_of(Blob blob) {
  merkle::Hash hash{};
  if (blob.size() != hash.size()) throw Refusal("the audit database holds a hash of the wrong size; run 'assay check'");
  std::ranges::copy(blob, hash.begin());
  return hash;
}

}  // namespace

std::int64_t place_of(const merkle::Tile& tile) {
  return static_cast<std::int64_t>((std::uint64_t{tile.level} << kIndexBits) | tile.index);
}

AuditTree::AuditTree(Connection& connection)
    : insert_tile_(connection.prepare("INSERT INTO tile(place, root, hashes) VALUES(?, ?, ?)")),
      select_entries_(connection.prepare("SELECT entry FROM record WHERE idx >= ? ORDER BY idx")),
      select_roots_(connection.prepare("SELECT root FROM tile WHERE place >= ? AND place < ? ORDER BY place")) {}

void AuditTree::load(std::uint64_t size) {
  open_tiles_.clear();
  for (const auto& row : merkle::tile_rows(size)) open_tiles_.push_back(read_open_tile(row));
  restore_edge(size);
}

std::vector<merkle::Hash> AuditTree::read_open_tile(const merkle::TileRow& row) {
  const auto first = row.full_tiles * merkle::kTileWidth;
  auto& rows = row.level == 0 ? select_entries_ : select_roots_;
  const ResetOnExit reset(rows);
  if (row.level == 0) {
    rows.bind(1, static_cast<std::int64_t>(first));
  } else {
    const merkle::Tile below{.level = row.level - 1, .index = first};
    rows.bind(1, place_of(below)).bind(2, place_of(below) + row.partial_width);
  }
  std::vector<merkle::Hash> hashes;
  hashes.reserve(merkle::kTileWidth);
  while (rows.step()) hashes.push_back(row.level == 0 ? merkle::leaf_hash(rows.blob(0)) : hash_of(rows.blob(0)));
  if (hashes.size() != row.partial_width) {
    throw Refusal("the audit database lacks a part of the log's tree; run 'assay check', and restore a backup");
  }
  return hashes;
}

void AuditTree::restore_edge(std::uint64_t size) {
  std::vector<merkle::Hash> hashes;
  for (const auto& node : merkle::perfect_subtrees(size)) {
    const auto part = merkle::tile_part_of(node, size).value();
    hashes.push_back(merkle::root_of_part(part, bytes_of(open_tiles_.at(part.tile.level))).value());
  }
  edge_ = merkle::Edge::restore(size, hashes).value();
}

void AuditTree::append(const merkle::Hash& leaf) {
  edge_.append(leaf, [this](const merkle::Node& node, const merkle::Hash& hash) { add(node, hash); });
}

void AuditTree::add(const merkle::Node& node, const merkle::Hash& hash) {
  if (node.level % merkle::kTileHeight != 0) return;
  const auto level = node.level / merkle::kTileHeight;
  if (level > 0) store({.level = level - 1, .index = node.index}, hash);
  if (level == open_tiles_.size()) open_tiles_.emplace_back();
  open_tiles_[level].push_back(hash);
}

void AuditTree::store(const merkle::Tile& tile, const merkle::Hash& root) {
  auto& hashes = open_tiles_[tile.level];
  insert_tile_.bind(1, place_of(tile)).bind(2, Blob(root)).bind(3, bytes_of(hashes)).run();
  hashes.clear();
}

}  // namespace assay::sqlite
