#include "merkle/verification.hpp"

#include <bit>

namespace assay::merkle {

namespace {

/// The way from a node up to the root, known by the node's place in its row and the place of the row's last node.
class Climb {
 public:
  Climb(std::uint64_t node, std::uint64_t last) : node_(node), last_(last) {}

  bool is_at_root() const { return last_ == 0; }

  /// Climbs until the node is a left one.
  void leave_right_nodes() {
    while (is_right()) rise();
  }

  /// Climbs past the next sibling; tells whether that is to the left.
  bool pass_left_sibling() {
    const bool is_left = is_right() || node_ == last_;
    // The last node of an odd row has no sibling there.
    while (is_left && !is_right() && node_ != 0) rise();
    rise();
    return is_left;
  }

 private:
  bool is_right() const { return node_ % 2 == 1; }
  void rise() {
    node_ /= 2;
    last_ /= 2;
  }

  std::uint64_t node_;
  std::uint64_t last_;
};

struct Roots {
  Hash older{};
  Hash newer{};
};

/// The roots that both trees have if the path is right, which leads up from the last subtree that both share.
std::optional<Roots> roots_from_path(const Growth& growth, const Hash& shared, std::span<const Hash> path) {
  Climb climb(growth.old_size - 1, growth.new_size - 1);
  climb.leave_right_nodes();
  Roots roots{.older = shared, .newer = shared};
  for (const auto& sibling : path) {
    if (climb.is_at_root()) return std::nullopt;
    if (climb.pass_left_sibling()) {
      roots.older = node_hash(sibling, roots.older);
      roots.newer = node_hash(sibling, roots.newer);
    } else {
      roots.newer = node_hash(roots.newer, sibling);
    }
  }
  if (!climb.is_at_root()) return std::nullopt;
  return roots;
}

}  // namespace

std::optional<Hash> root_from_inclusion(const LeafPosition& position, const Hash& leaf, std::span<const Hash> proof) {
  if (position.index >= position.size) return std::nullopt;
  Climb climb(position.index, position.size - 1);
  Hash root = leaf;
  for (const auto& sibling : proof) {
    if (climb.is_at_root()) return std::nullopt;
    root = climb.pass_left_sibling() ? node_hash(sibling, root) : node_hash(root, sibling);
  }
  if (!climb.is_at_root()) return std::nullopt;
  return root;
}

bool verify_inclusion(std::uint64_t index, const Hash& leaf, const TreeHead& tree, std::span<const Hash> proof) {
  return root_from_inclusion({.index = index, .size = tree.size}, leaf, proof) == tree.root;
}

bool verify_consistency(const TreeHead& older, const TreeHead& newer, std::span<const Hash> proof) {
  if (older.size == 0 && older.root != empty_tree_hash()) return false;
  if (older.size == newer.size) return proof.empty() && older.root == newer.root;
  if (older.size == 0) return proof.empty();
  if (older.size > newer.size || proof.empty()) return false;
  // The root of a perfect old tree is itself the shared subtree, and the verifier has it already.
  const bool is_perfect = std::has_single_bit(older.size);
  const auto& shared = is_perfect ? older.root : proof.front();
  const auto path = is_perfect ? proof : proof.subspan(1);
  const auto roots = roots_from_path({.old_size = older.size, .new_size = newer.size}, shared, path);
  return roots && roots->older == older.root && roots->newer == newer.root;
}

}  // namespace assay::merkle
