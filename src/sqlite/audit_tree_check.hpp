#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "merkle/verification.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Hashes of the log's tree as RFC 9162 section 2.1.1 defines them, made here for themselves: an examination shares
/// nothing with the code that wrote the tree.
Bytes32 leaf_of(Blob entry);
/// The root over leaves or over roots of equal trees, whose number is a power of two.
Bytes32 root_over(std::span<const Bytes32> hashes);
/// The roots of the largest perfect trees over the leaves, from left to right.
std::vector<Bytes32> roots_over(std::span<const Bytes32> leaves);

/// A checkpoint that is rightly signed, and the part of its tree in the last of its tiles.
struct SignedTree {
  std::string name;  ///< as sentences begin with it
  merkle::TreeHead tree;
  std::vector<Bytes32> tail;  ///< `roots_over` the leaves in the tile that the last one is in
};

/// Holds the tiles of the log's tree above level 0, and its signed roots, against the tiles of level 0.
class AuditTreeCheck {
 public:
  AuditTreeCheck(const Connection& connection, AuditFaults& faults);

  /// Takes the next full tile of level 0, which is that of its entries, by its root.
  void add_tile(const Bytes32& root);
  /// Compares a root with the tree of all tiles so far and the tail. In the order of their sizes.
  void compare(const SignedTree& checkpoint);
  /// All tiles were added: there may be no more.
  void finish();

  /// Signed trees that were compared.
  std::uint64_t checkpoints() const { return checkpoints_; }

 private:
  void add(std::size_t level, const Bytes32& hash);
  void compare_tile(std::size_t level, std::uint64_t index, std::span<const Bytes32> hashes, const Bytes32& root);
  Bytes32 root_with(std::span<const Bytes32> tail) const;
  void note_other_root(const SignedTree& checkpoint);

  AuditFaults& faults_;
  Statement select_;
  Statement count_;
  std::vector<std::vector<Bytes32>> levels_;  ///< what the next tile of each level has so far, from level 1 up
  std::vector<std::uint64_t> tiles_;          ///< how many full tiles each level has
  std::vector<Bytes32> perfect_;              ///< roots of the largest perfect trees over the tiles of level 0
  std::uint64_t checkpoints_ = 0;
  std::uint64_t confirmed_ = 0;  ///< the size of the last signed tree that is the tree's
  std::uint64_t other_roots_ = 0;
  std::uint64_t first_other_size_ = 0;
};

}  // namespace assay::sqlite
