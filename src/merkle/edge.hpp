#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "merkle/hashing.hpp"
#include "merkle/node.hpp"

namespace assay::merkle {

/// Is told of each node that an appended leaf completes, from the leaf up.
using NodeSink = std::function<void(const Node&, const Hash&)>;

/// The right edge of a tree that only grows: the roots of its perfect subtrees, all that is needed to append leaves
/// and to know the root. Takes two kibibytes whatever the size.
class Edge {
 public:
  Edge() = default;

  /// The edge of a tree of `size` leaves, from the hashes of `perfect_subtrees(size)`; nothing when their number is
  /// another.
  static std::optional<Edge> restore(std::uint64_t size, std::span<const Hash> hashes);

  void append(const Hash& leaf, const NodeSink& completed = {});

  std::uint64_t size() const { return size_; }
  Hash root() const;

  /// What `restore` takes.
  std::vector<Hash> hashes() const;

 private:
  std::uint64_t size_ = 0;
  /// By level; only those whose bit is set in the size hold something.
  std::array<Hash, 64> by_level_{};
};

}  // namespace assay::merkle
