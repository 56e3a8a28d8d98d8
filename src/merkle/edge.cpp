#include "merkle/edge.hpp"

#include <bit>

namespace assay::merkle {

std::optional<Edge> Edge::restore(std::uint64_t size, std::span<const Hash> hashes) {
  const auto nodes = perfect_subtrees(size);
  if (hashes.size() != nodes.size()) return std::nullopt;
  Edge edge;
  edge.size_ = size;
  for (std::size_t i = 0; i < nodes.size(); ++i) edge.by_level_[nodes[i].level] = hashes[i];
  return edge;
}

void Edge::append(const Hash& leaf, const NodeSink& completed) {
  Node node{.level = 0, .index = size_};
  Hash hash = leaf;
  if (completed) completed(node, hash);
  for (; node.index % 2 == 1; node = parent_of(node)) {
    hash = node_hash(by_level_[node.level], hash);
    if (completed) completed(parent_of(node), hash);
  }
  by_level_[node.level] = hash;
  ++size_;
}

Hash Edge::root() const {
  if (size_ == 0) return empty_tree_hash();
  auto root = by_level_[static_cast<std::size_t>(std::countr_zero(size_))];
  for (auto rest = size_ & (size_ - 1); rest != 0; rest &= rest - 1) {
    root = node_hash(by_level_[static_cast<std::size_t>(std::countr_zero(rest))], root);
  }
  return root;
}

std::vector<Hash> Edge::hashes() const {
  std::vector<Hash> hashes;
  for (const auto& node : perfect_subtrees(size_)) hashes.push_back(by_level_[node.level]);
  return hashes;
}

}  // namespace assay::merkle
