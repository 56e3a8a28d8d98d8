#include "merkle/verification.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>
#include <vector>

#include "merkle/tree_model.hpp"

namespace assay::merkle {
namespace {

constexpr std::uint64_t kLargestTree = 300;
constexpr std::uint64_t kLargestMutatedTree = 33;

TreeHead head(TreeModel& model, std::uint64_t size) { return {.size = size, .root = model.root(0, size)}; }

/// The proof with one fault each: a bit of each byte flipped, a hash missing, one too many, two neighbours swapped.
std::vector<Proof> mutations(const Proof& proof, std::mt19937& random) {
  std::vector<Proof> mutated;
  const auto change = [&](const auto& fault) { fault(mutated.emplace_back(proof)); };
  for (std::size_t i = 0; i < proof.size(); ++i) {
    for (std::size_t byte = 0; byte < sizeof(Hash); ++byte) {
      const auto bit = static_cast<std::uint8_t>(1U << random() % 8);
      change([&](Proof& bad) { bad[i][byte] ^= bit; });
    }
    change([&](Proof& bad) { bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(i)); });
    change([&](Proof& bad) { bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(i), proof[i]); });
    if (i > 0) change([&](Proof& bad) { std::swap(bad[i - 1], bad[i]); });
  }
  change([](Proof& bad) { bad.insert(bad.begin(), Hash{}); });
  change([](Proof& bad) { bad.push_back(Hash{}); });
  return mutated;
}

TEST(Inclusion, IsVerifiedForEveryLeafOfEveryTree) {
  TreeModel model;
  for (std::uint64_t size = 1; size <= kLargestTree; ++size) {
    const auto tree = head(model, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      ASSERT_TRUE(verify_inclusion(index, TreeModel::leaf(index), tree, model.path(index, 0, size)))
          << index << " of " << size;
    }
  }
}

TEST(Inclusion, IsRefusedForAnythingChanged) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "the seed was " << seed);
  std::mt19937 random(seed);
  TreeModel model;
  for (std::uint64_t size = 1; size <= kLargestMutatedTree; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      SCOPED_TRACE(testing::Message() << index << " of " << size);
      const auto leaf = TreeModel::leaf(index);
      const auto tree = head(model, size);
      const auto proof = model.path(index, 0, size);
      for (const auto& bad : mutations(proof, random)) EXPECT_FALSE(verify_inclusion(index, leaf, tree, bad));
      EXPECT_FALSE(verify_inclusion(index, TreeModel::leaf(index + 1), tree, proof));
      EXPECT_FALSE(verify_inclusion(index, leaf, {.size = size, .root = leaf_hash({})}, proof));
      for (std::uint64_t other = 0; other <= size + 1; ++other) {
        EXPECT_TRUE(other == index || !verify_inclusion(other, leaf, tree, proof)) << other;
      }
    }
  }
}

TEST(Inclusion, HasNoRootOutsideOfTheTree) {
  const Hash leaf = leaf_hash({});
  EXPECT_FALSE(root_from_inclusion({.index = 0, .size = 0}, leaf, {}).has_value());
  EXPECT_FALSE(root_from_inclusion({.index = 1, .size = 1}, leaf, {}).has_value());
  EXPECT_FALSE(root_from_inclusion({.index = 0, .size = 1}, leaf, Proof{leaf}).has_value());
  EXPECT_EQ(root_from_inclusion({.index = 0, .size = 1}, leaf, {}), leaf);
}

TEST(Consistency, IsVerifiedForEveryPairOfTrees) {
  TreeModel model;
  for (std::uint64_t new_size = 1; new_size <= kLargestTree; ++new_size) {
    const auto newer = head(model, new_size);
    ASSERT_TRUE(verify_consistency(head(model, 0), newer, {}));
    for (std::uint64_t old_size = 1; old_size <= new_size; ++old_size) {
      ASSERT_TRUE(verify_consistency(head(model, old_size), newer, model.consistency(old_size, new_size)))
          << old_size << " to " << new_size;
    }
  }
}

TEST(Consistency, IsRefusedForAnythingChanged) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "the seed was " << seed);
  std::mt19937 random(seed);
  TreeModel model;
  for (std::uint64_t new_size = 1; new_size <= kLargestMutatedTree; ++new_size) {
    for (std::uint64_t old_size = 1; old_size <= new_size; ++old_size) {
      SCOPED_TRACE(testing::Message() << old_size << " to " << new_size);
      const auto older = head(model, old_size);
      const auto newer = head(model, new_size);
      const auto proof = model.consistency(old_size, new_size);
      for (const auto& bad : mutations(proof, random)) EXPECT_FALSE(verify_consistency(older, newer, bad));
      EXPECT_FALSE(verify_consistency({.size = old_size, .root = leaf_hash({})}, newer, proof));
      EXPECT_FALSE(verify_consistency(older, {.size = new_size, .root = leaf_hash({})}, proof));
      EXPECT_TRUE(old_size == new_size || !verify_consistency(newer, older, proof));
    }
  }
}

TEST(Consistency, OfEmptyTreesNeedsTheEmptyRootAndNoHashes) {
  TreeModel model;
  const auto empty = head(model, 0);
  const auto newer = head(model, 5);
  const TreeHead wrong{.size = 0, .root = newer.root};
  EXPECT_TRUE(verify_consistency(empty, empty, {}));
  EXPECT_TRUE(verify_consistency(empty, newer, {}));
  EXPECT_FALSE(verify_consistency(wrong, wrong, {}));
  EXPECT_FALSE(verify_consistency(wrong, newer, {}));
  EXPECT_FALSE(verify_consistency(empty, newer, Proof(1)));
  EXPECT_FALSE(verify_consistency(newer, empty, {}));
}

TEST(Consistency, IsRefusedForSizesThatNeedMoreOrFewerHashes) {
  TreeModel model;
  const TreeHead twice{.size = 16, .root = model.root(0, 8)};
  EXPECT_FALSE(verify_consistency(head(model, 4), twice, model.consistency(4, 8)));
  const TreeHead three{.size = 3, .root = model.root(0, 7)};
  const TreeHead four{.size = 4, .root = model.root(0, 8)};
  EXPECT_FALSE(verify_consistency(three, four, model.consistency(7, 8)));
}

/// Trees of one leaf over and over can be huge: equal sizes have equal roots.
class UniformTree {
 public:
  Hash root(std::uint64_t size) {
    if (size == 1) return leaf_hash({});
    const auto [place, is_new] = known_.try_emplace(size);
    if (is_new) {
      const auto left = std::bit_floor(size - 1);
      place->second = node_hash(root(left), root(size - left));
    }
    return place->second;
  }

  ReadNode reader() {
    return [this](const Node& node) { return root(std::uint64_t{1} << node.level); };
  }

 private:
  std::map<std::uint64_t, Hash> known_;
};

TEST(Verification, AcceptsWhatIsMadeOfHugeTrees) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "the seed was " << seed);
  std::mt19937_64 random(seed);
  UniformTree tree;
  for (int round = 0; round < 300; ++round) {
    const auto new_size = round == 0 ? kLargestSize : std::max<std::uint64_t>(1, (random() >> 1U) >> random() % 63);
    const auto index = random() % new_size;
    const auto old_size = index + 1;
    const TreeHead newer{.size = new_size, .root = tree.root(new_size)};
    const auto inclusion = inclusion_proof({.index = index, .size = new_size}, tree.reader());
    ASSERT_TRUE(verify_inclusion(index, leaf_hash({}), newer, *inclusion)) << index << " of " << new_size;
    const auto consistency = consistency_proof({.old_size = old_size, .new_size = new_size}, tree.reader());
    ASSERT_TRUE(verify_consistency({.size = old_size, .root = tree.root(old_size)}, newer, *consistency))
        << old_size << " to " << new_size;
  }
}

}  // namespace
}  // namespace assay::merkle
