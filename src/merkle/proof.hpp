#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "merkle/hashing.hpp"
#include "merkle/node.hpp"

namespace assay::merkle {

/// The hashes of an inclusion proof, from the leaf's sibling up, or of a consistency proof (RFC 9162 sections 2.1.3.1
/// and 2.1.4.1).
using Proof = std::vector<Hash>;

/// A leaf of a tree of `size` leaves.
struct LeafPosition {
  std::uint64_t index = 0;
  std::uint64_t size = 0;
};

/// A tree before and after leaves were appended.
struct Growth {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
};

/// The root of the tree of the first `size` leaves.
Hash root_of(std::uint64_t size, const ReadNode& read);

/// Proves that the leaf is in the tree; nothing when the tree has no such leaf or more than kLargestSize.
std::optional<Proof> inclusion_proof(const LeafPosition& leaf, const ReadNode& read);

/// Proves that the new tree begins with all leaves of the old one: no hashes when the old one is empty or the new one
/// the same. Nothing when the tree would have shrunk or has more than kLargestSize leaves.
std::optional<Proof> consistency_proof(const Growth& growth, const ReadNode& read);

}  // namespace assay::merkle
