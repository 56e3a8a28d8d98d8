#include "merkle/edge.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "merkle/tree_model.hpp"

namespace assay::merkle {
namespace {

constexpr std::uint64_t kLeaves = 300;

TEST(Edge, MatchesPublishedRoots) {
  const std::vector<std::string> roots = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  const std::vector<std::string> entries = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  Edge edge;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::vector<std::uint8_t> entry(entries[i].size() / 2);
    ASSERT_TRUE(from_hex(entries[i], entry));
    edge.append(leaf_hash(entry));
    EXPECT_EQ(to_hex(edge.root()), roots[i]) << i;
  }
}

TEST(Edge, HasTheRootOfTheDefinitionAtEverySize) {
  TreeModel model;
  Edge edge;
  for (std::uint64_t size = 0; size <= kLeaves; ++size) {
    EXPECT_EQ(edge.size(), size);
    EXPECT_EQ(edge.root(), model.root(0, size)) << size;
    edge.append(TreeModel::leaf(size));
  }
}

TEST(Edge, GoesOnWhereItWasStored) {
  TreeModel model;
  Edge edge;
  for (std::uint64_t size = 0; size <= kLeaves; ++size) {
    auto restored = Edge::restore(size, edge.hashes());
    ASSERT_TRUE(restored.has_value());
    edge = *restored;
    EXPECT_EQ(edge.root(), model.root(0, size)) << size;
    edge.append(TreeModel::leaf(size));
  }
}

TEST(Edge, IsMadeOfThePerfectSubtrees) {
  TreeModel model;
  Edge edge;
  for (std::uint64_t size = 0; size <= kLeaves; ++size) {
    std::vector<Hash> hashes;
    for (const auto& node : perfect_subtrees(size)) hashes.push_back(model.reader(size)(node));
    EXPECT_EQ(edge.hashes(), hashes) << size;
    edge.append(TreeModel::leaf(size));
  }
}

TEST(Edge, IsNotRestoredFromAnotherNumberOfHashes) {
  EXPECT_TRUE(Edge::restore(0, {}).has_value());
  EXPECT_FALSE(Edge::restore(3, std::vector<Hash>(1)).has_value());
  EXPECT_FALSE(Edge::restore(3, std::vector<Hash>(3)).has_value());
}

TEST(Edge, TellsOfEachNodeOnceItIsComplete) {
  TreeModel model;
  Edge edge;
  std::uint64_t told = 0;
  for (std::uint64_t size = 1; size <= kLeaves; ++size) {
    Node expected{.level = 0, .index = size - 1};
    edge.append(TreeModel::leaf(size - 1), [&](const Node& node, const Hash& hash) {
      EXPECT_EQ(node, expected);
      EXPECT_EQ(hash, model.reader(size)(node));
      expected = parent_of(node);
      ++told;
    });
  }
  std::uint64_t nodes = 0;
  for (unsigned level = 0; kLeaves >> level != 0; ++level) nodes += kLeaves >> level;
  EXPECT_EQ(told, nodes);
}

}  // namespace
}  // namespace assay::merkle
