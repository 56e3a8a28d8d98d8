#include "merkle/node.hpp"

#include <gtest/gtest.h>

namespace assay::merkle {
namespace {

TEST(PerfectSubtrees, MakeUpTheTreeFromLeftToRight) {
  EXPECT_TRUE(perfect_subtrees(0).empty());
  for (std::uint64_t size = 1; size <= 300; ++size) {
    std::uint64_t end = 0;
    std::uint64_t previous_width = size + 1;
    for (const auto& node : perfect_subtrees(size)) {
      const auto width = std::uint64_t{1} << node.level;
      EXPECT_EQ(node.index * width, end);
      EXPECT_LT(width, previous_width);
      previous_width = width;
      end += width;
    }
    EXPECT_EQ(end, size);
  }
}

TEST(PerfectSubtrees, ReachToTheLargestSize) {
  const auto nodes = perfect_subtrees(kLargestSize);
  ASSERT_EQ(nodes.size(), 63U);
  EXPECT_EQ(nodes.front(), (Node{.level = 62, .index = 0}));
  EXPECT_EQ(nodes.back(), (Node{.level = 0, .index = kLargestSize - 1}));
}

}  // namespace
}  // namespace assay::merkle
