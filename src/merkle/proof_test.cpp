#include "merkle/proof.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "merkle/tree_model.hpp"

namespace assay::merkle {
namespace {

constexpr std::uint64_t kLargestTree = 300;

TEST(Proof, OfARootIsTheDefinition) {
  TreeModel model;
  for (std::uint64_t size = 0; size <= kLargestTree; ++size) {
    EXPECT_EQ(root_of(size, model.reader(size)), model.root(0, size)) << size;
  }
}

TEST(Proof, OfInclusionIsTheDefinition) {
  TreeModel model;
  for (std::uint64_t size = 1; size <= kLargestTree; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      ASSERT_EQ(inclusion_proof({.index = index, .size = size}, model.reader(size)), model.path(index, 0, size))
          << index << " of " << size;
    }
  }
}

TEST(Proof, OfConsistencyIsTheDefinition) {
  TreeModel model;
  for (std::uint64_t new_size = 1; new_size <= kLargestTree; ++new_size) {
    for (std::uint64_t old_size = 1; old_size <= new_size; ++old_size) {
      ASSERT_EQ(consistency_proof({.old_size = old_size, .new_size = new_size}, model.reader(new_size)),
                model.consistency(old_size, new_size))
          << old_size << " to " << new_size;
    }
  }
}

TEST(Proof, IsTheDefinitionInRandomTrees) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "the seed was " << seed);
  std::mt19937 random(seed);
  TreeModel model;
  for (int round = 0; round < 100; ++round) {
    const auto size = std::uniform_int_distribution<std::uint64_t>(1, 10'000)(random);
    const auto index = std::uniform_int_distribution<std::uint64_t>(0, size - 1)(random);
    ASSERT_EQ(inclusion_proof({.index = index, .size = size}, model.reader(size)), model.path(index, 0, size))
        << index << " of " << size;
    ASSERT_EQ(consistency_proof({.old_size = index + 1, .new_size = size}, model.reader(size)),
              model.consistency(index + 1, size))
        << index + 1 << " to " << size;
  }
}

TEST(Proof, IsNotMadeForWhatATreeLacks) {
  const ReadNode read = [](const Node&) -> Hash { throw std::out_of_range("nothing is to be read"); };
  EXPECT_FALSE(inclusion_proof({.index = 0, .size = 0}, read).has_value());
  EXPECT_FALSE(inclusion_proof({.index = 5, .size = 5}, read).has_value());
  EXPECT_FALSE(inclusion_proof({.index = 0, .size = kLargestSize + 1}, read).has_value());
  EXPECT_FALSE(consistency_proof({.old_size = 6, .new_size = 5}, read).has_value());
  EXPECT_FALSE(consistency_proof({.old_size = 1, .new_size = kLargestSize + 1}, read).has_value());
}

TEST(Proof, NeedsNoHashesWhereNothingIsToBeShown) {
  const ReadNode read = [](const Node&) -> Hash { throw std::out_of_range("nothing is to be read"); };
  EXPECT_EQ(inclusion_proof({.index = 0, .size = 1}, read), Proof());
  EXPECT_EQ(consistency_proof({.old_size = 0, .new_size = 0}, read), Proof());
  EXPECT_EQ(consistency_proof({.old_size = 0, .new_size = 5}, read), Proof());
  EXPECT_EQ(consistency_proof({.old_size = 5, .new_size = 5}, read), Proof());
}

}  // namespace
}  // namespace assay::merkle
