#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "merkle/hashing.hpp"

namespace assay::merkle {

/// The most leaves that a tree may have; the formats write sizes as signed numbers of 64 bits.
constexpr std::uint64_t kLargestSize = std::numeric_limits<std::int64_t>::max();

/// The root of a perfect subtree: of the 2^level leaves from index * 2^level on.
struct Node {
  unsigned level = 0;
  std::uint64_t index = 0;

  bool operator==(const Node&) const = default;
};

/// The hash of a node that the tree has; called for no other. What it throws is passed on.
using ReadNode = std::function<Hash(const Node&)>;

/// The node over this one and its sibling.
Node parent_of(const Node& node);

/// The largest perfect subtrees that together make a tree of `size` leaves, from left to right.
std::vector<Node> perfect_subtrees(std::uint64_t size);

}  // namespace assay::merkle
