#include "sqlite/audit_tree_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/hash.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kHashesOfATile = 256;
constexpr std::uint64_t kPlacesOfALevel = std::uint64_t{1} << 48U;

// RFC 9162 section 2.1.1.
constexpr std::array<std::uint8_t, 1> kLeaf{0};
constexpr std::array<std::uint8_t, 1> kNode{1};

Bytes32 root_of(std::vector<Bytes32> hashes) {
  while (hashes.size() > 1) {
    for (std::size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = sha256_of_parts({kNode, hashes[2 * i], hashes[2 * i + 1]});
    }
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

Blob bytes_of(const std::vector<Bytes32>& hashes) { return {hashes.front().data(), hashes.size() * sizeof(Bytes32)}; }

}  // namespace

AuditTreeCheck::AuditTreeCheck(const Connection& connection, std::function<void(std::string)> note)
    : note_(std::move(note)),
      select_(connection.prepare("SELECT root, hashes FROM tile WHERE place = ?")),
      count_(connection.prepare("SELECT count(*) FROM tile")) {}

void AuditTreeCheck::add(Blob entry) { add(0, sha256_of_parts({kLeaf, entry})); }

void AuditTreeCheck::add(std::size_t level, const Bytes32& hash) {
  if (level == levels_.size()) {
    levels_.emplace_back();
    tiles_.push_back(0);
  }
  auto& hashes = levels_[level];
  hashes.push_back(hash);
  if (hashes.size() < kHashesOfATile) return;
  const auto root = root_of(hashes);
  compare(level, tiles_[level], hashes, root);
  hashes.clear();
  ++tiles_[level];
  add(level + 1, root);
}

void AuditTreeCheck::compare(std::size_t level, std::uint64_t index, const std::vector<Bytes32>& hashes,
                             const Bytes32& root) {
  const ResetOnExit reset(select_);
  select_.bind(1, static_cast<std::int64_t>(level * kPlacesOfALevel + index));
  if (!select_.step()) return note_(fmt::format("Tile {} of level {} is missing.", index, level));
  const bool same = std::ranges::equal(select_.blob(0), root) && std::ranges::equal(select_.blob(1), bytes_of(hashes));
  if (!same) note_(fmt::format("Tile {} of level {} is not that of the entries.", index, level));
}

void AuditTreeCheck::finish() {
  const auto expected = std::accumulate(tiles_.begin(), tiles_.end(), std::uint64_t{0});
  const ResetOnExit reset(count_);
  count_.step();
  const auto stored = static_cast<std::uint64_t>(count_.integer(0));
  if (stored > expected) note_(fmt::format("There are {} tiles, but the entries fill {}.", stored, expected));
}

}  // namespace assay::sqlite
