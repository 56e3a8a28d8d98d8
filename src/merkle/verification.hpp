#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "merkle/hashing.hpp"
#include "merkle/proof.hpp"

namespace assay::merkle {

/// What stands for a whole tree: how many leaves it has and its root.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root{};

  bool operator==(const TreeHead&) const = default;
};

/// The root that the tree has if the proof is right (RFC 9162 section 2.1.3.2). Nothing when the tree has no such leaf
/// or the proof not exactly the hashes that it needs. The size is the caller's word: trees of several sizes take proofs
/// of one shape.
std::optional<Hash> root_from_inclusion(const LeafPosition& position, const Hash& leaf, std::span<const Hash> proof);

/// Whether the proof shows that the leaf with that hash is at `index` of the tree.
bool verify_inclusion(std::uint64_t index, const Hash& leaf, const TreeHead& tree, std::span<const Hash> proof);

/// Whether the proof shows that the newer tree begins with all leaves of the older one (RFC 9162 section 2.1.4.2).
bool verify_consistency(const TreeHead& older, const TreeHead& newer, std::span<const Hash> proof);

}  // namespace assay::merkle
