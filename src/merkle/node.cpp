#include "merkle/node.hpp"

#include <bit>

namespace assay::merkle {

Node parent_of(const Node& node) { return {.level = node.level + 1, .index = node.index / 2}; }

std::vector<Node> perfect_subtrees(std::uint64_t size) {
  std::vector<Node> nodes;
  for (auto rest = size; rest != 0;) {
    const auto level = static_cast<unsigned>(std::bit_width(rest)) - 1;
    nodes.push_back({.level = level, .index = (size >> level) - 1});
    rest ^= std::uint64_t{1} << level;
  }
  return nodes;
}

}  // namespace assay::merkle
