#include "merkle/proof.hpp"

#include <bit>

namespace assay::merkle {

namespace {

struct LeafRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The root over the last leaves of a tree. They begin where a perfect subtree with room for them all would, so the
/// same subtrees make them up that end the tree.
Hash root_of_range(const LeafRange& range, const ReadNode& read) {
  std::optional<Hash> root;
  for (auto rest = range.end - range.begin; rest != 0; rest &= rest - 1) {
    const auto level = static_cast<unsigned>(std::countr_zero(rest));
    const auto left = read({.level = level, .index = (range.end >> level) - 1});
    root = root ? node_hash(left, *root) : left;
  }
  return root.value_or(empty_tree_hash());
}

/// Appends the sibling of each node from this one up to the root.
void append_path(Node node, std::uint64_t size, const ReadNode& read, Proof& proof) {
  for (auto last = (size - 1) >> node.level; last != 0; last /= 2, node = parent_of(node)) {
    const auto sibling = node.index ^ 1U;
    if (sibling > last) continue;  // the last node of an odd row moves up as it is
    const bool may_be_imperfect = sibling == last;
    proof.push_back(may_be_imperfect ? root_of_range({.begin = sibling << node.level, .end = size}, read)
                                     : read({.level = node.level, .index = sibling}));
  }
}

}  // namespace

Hash root_of(std::uint64_t size, const ReadNode& read) { return root_of_range({.begin = 0, .end = size}, read); }

std::optional<Proof> inclusion_proof(const LeafPosition& leaf, const ReadNode& read) {
  if (leaf.index >= leaf.size || leaf.size > kLargestSize) return std::nullopt;
  Proof proof;
  append_path({.level = 0, .index = leaf.index}, leaf.size, read, proof);
  return proof;
}

std::optional<Proof> consistency_proof(const Growth& growth, const ReadNode& read) {
  if (growth.old_size > growth.new_size || growth.new_size > kLargestSize) return std::nullopt;
  Proof proof;
  if (growth.old_size == 0 || growth.old_size == growth.new_size) return proof;
  const auto level = static_cast<unsigned>(std::countr_zero(growth.old_size));
  const Node last_subtree{.level = level, .index = (growth.old_size >> level) - 1};
  const bool is_whole_old_tree = last_subtree.index == 0;
  if (!is_whole_old_tree) proof.push_back(read(last_subtree));
  append_path(last_subtree, growth.new_size, read, proof);
  return proof;
}

}  // namespace assay::merkle
