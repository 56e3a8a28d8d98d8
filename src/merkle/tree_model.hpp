#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "merkle/hashing.hpp"
#include "merkle/node.hpp"
#include "merkle/proof.hpp"

namespace assay::merkle {

/// For tests: the definitions of RFC 9162 section 2.1 word for word, recursive and slow. Leaf i is the hash of the
/// digits of i. Hashes once computed are kept.
class TreeModel {
 public:
  static Hash leaf(std::uint64_t index) { return leaf_hash(as_bytes(std::to_string(index))); }

  /// MTH(D_n), for the leaves [begin, end).
  Hash root(std::uint64_t begin, std::uint64_t end) {
    const auto [place, is_new] = known_.try_emplace({begin, end});
    if (is_new) {
      const auto middle = split(begin, end);
      place->second = begin == end       ? empty_tree_hash()
                      : begin + 1 == end ? leaf(begin)
                                         : node_hash(root(begin, middle), root(middle, end));
    }
    return place->second;
  }

  /// PATH(m, D_n), where m is counted from the first leaf of the whole tree.
  Proof path(std::uint64_t index, std::uint64_t begin, std::uint64_t end) {
    if (begin + 1 == end) return {};
    const auto middle = split(begin, end);
    auto proof = index < middle ? path(index, begin, middle) : path(index, middle, end);
    proof.push_back(index < middle ? root(middle, end) : root(begin, middle));
    return proof;
  }

  /// SUBPROOF(m, D_n, b), where m is counted from the first leaf of the whole tree.
  Proof subproof(std::uint64_t old_end, std::uint64_t begin, std::uint64_t end, bool is_old_tree) {
    if (old_end == end) return is_old_tree ? Proof{} : Proof{root(begin, end)};
    const auto middle = split(begin, end);
    const bool is_left = old_end <= middle;
    auto proof =
        is_left ? subproof(old_end, begin, middle, is_old_tree) : subproof(old_end, middle, end, /*is_old_tree=*/false);
    proof.push_back(is_left ? root(middle, end) : root(begin, middle));
    return proof;
  }

  /// PROOF(m, D_n).
  Proof consistency(std::uint64_t old_size, std::uint64_t new_size) {
    return subproof(old_size, 0, new_size, /*is_old_tree=*/true);
  }

  /// Reads nodes of the tree of `size` leaves; throws for any other.
  ReadNode reader(std::uint64_t size) {
    return [this, size](const Node& node) {
      if (node.index >= size >> node.level) throw std::out_of_range("the tree has no such node");
      return root(node.index << node.level, (node.index + 1) << node.level);
    };
  }

 private:
  /// The first leaf behind the largest power of two that is smaller than the number of leaves.
  static std::uint64_t split(std::uint64_t begin, std::uint64_t end) {
    std::uint64_t left = 1;
    while (left * 2 < end - begin) left *= 2;
    return begin + left;
  }

  std::map<std::pair<std::uint64_t, std::uint64_t>, Hash> known_;
};

}  // namespace assay::merkle
