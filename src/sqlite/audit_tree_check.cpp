#include "sqlite/audit_tree_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <ranges>

#include "base/hash.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kHashesOfATile = 256;
constexpr unsigned kBitsOfATile = 8;
constexpr std::uint64_t kPlacesOfALevel = std::uint64_t{1} << 48U;

// RFC 9162 section 2.1.1.
constexpr std::array<std::uint8_t, 1> kLeaf{0};
constexpr std::array<std::uint8_t, 1> kNode{1};

Bytes32 node_over(const Bytes32& left, const Bytes32& right) { return sha256_of_parts({kNode, left, right}); }

/// The first record under a tile.
std::uint64_t first_record(std::size_t level, std::uint64_t index) { return index << (kBitsOfATile * (level + 1)); }

}  // namespace

Bytes32 leaf_of(Blob entry) { return sha256_of_parts({kLeaf, entry}); }

Bytes32 root_over(std::span<const Bytes32> hashes) {
  std::vector<Bytes32> row(hashes.begin(), hashes.end());
  while (row.size() > 1) {
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = node_over(row[2 * i], row[2 * i + 1]);
    row.resize(row.size() / 2);
  }
  return row.front();
}

std::vector<Bytes32> roots_over(std::span<const Bytes32> leaves) {
  std::vector<Bytes32> roots;
  while (!leaves.empty()) {
    const auto width = std::bit_floor(leaves.size());
    roots.push_back(root_over(leaves.first(width)));
    leaves = leaves.subspan(width);
  }
  return roots;
}

AuditTreeCheck::AuditTreeCheck(const Connection& connection, AuditFaults& faults)
    : faults_(faults),
      select_(connection.prepare("SELECT root, hashes FROM tile WHERE place = ?")),
      count_(connection.prepare("SELECT count(*) FROM tile")),
      levels_(1),
      tiles_(1) {}

void AuditTreeCheck::add_tile(const Bytes32& root) {
  perfect_.push_back(root);
  for (auto tile = tiles_.front(); tile % 2 == 1; tile /= 2) {
    const auto right = perfect_.back();
    perfect_.pop_back();
    perfect_.back() = node_over(perfect_.back(), right);
  }
  ++tiles_.front();
  add(1, root);
}

void AuditTreeCheck::add(std::size_t level, const Bytes32& hash) {
  if (level == levels_.size()) {
    levels_.emplace_back();
    tiles_.push_back(0);
  }
  levels_[level].push_back(hash);
  if (levels_[level].size() < kHashesOfATile) return;
  const auto root = root_over(levels_[level]);
  compare_tile(level, tiles_[level], levels_[level], root);
  levels_[level].clear();
  ++tiles_[level];
  add(level + 1, root);
}

void AuditTreeCheck::compare_tile(std::size_t level, std::uint64_t index, std::span<const Bytes32> hashes,
                                  const Bytes32& root) {
  const ResetOnExit reset(select_);
  select_.bind(1, static_cast<std::int64_t>(level * kPlacesOfALevel + index));
  const auto place = first_record(level, index);
  if (!select_.step()) return faults_.note(place, fmt::format("Tile {} of level {} is missing.", index, level));
  const Blob bytes(hashes.front().data(), hashes.size_bytes());
  const bool is_same = std::ranges::equal(select_.blob(0), root) && std::ranges::equal(select_.blob(1), bytes);
  if (!is_same) faults_.note(place, fmt::format("Tile {} of level {} is not that of the entries.", index, level));
}

Bytes32 AuditTreeCheck::root_with(std::span<const Bytes32> tail) const {
  std::vector<Bytes32> hashes(perfect_);
  hashes.insert(hashes.end(), tail.begin(), tail.end());
  if (hashes.empty()) return sha256("");
  auto root = hashes.back();
  for (const auto& left : hashes | std::views::reverse | std::views::drop(1)) root = node_over(left, root);
  return root;
}

void AuditTreeCheck::compare(const SignedTree& checkpoint) {
  ++checkpoints_;
  if (root_with(checkpoint.tail) != checkpoint.tree.root) return note_other_root(checkpoint);
  confirmed_ = checkpoint.tree.size;
}

void AuditTreeCheck::note_other_root(const SignedTree& checkpoint) {
  // Where one differs, so do all later ones.
  if (other_roots_++ > 0) return;
  first_other_size_ = checkpoint.tree.size;
  faults_.note(confirmed_, fmt::format("{} was signed for another tree of {} records: something in the records from {} "
                                       "to {} was changed, and the tree with it.",
                                       checkpoint.name, checkpoint.tree.size, confirmed_, checkpoint.tree.size - 1));
}

void AuditTreeCheck::finish() {
  if (other_roots_ > 1) {
    faults_.note(first_other_size_, fmt::format("So were {} later checkpoints.", other_roots_ - 1));
  }
  const auto expected = std::accumulate(tiles_.begin(), tiles_.end(), std::uint64_t{0});
  const ResetOnExit reset(count_);
  count_.step();
  const auto stored = static_cast<std::uint64_t>(count_.integer(0));
  if (stored > expected) {
    faults_.note(tiles_.front() * kHashesOfATile,
                 fmt::format("There are {} tiles, but the entries fill {}.", stored, expected));
  }
}

}  // namespace assay::sqlite
