#include "merkle/lines.hpp"

#include <gtest/gtest.h>

namespace assay::merkle {
namespace {

TEST(Lines, TakesOnlyLinesThatEnd) {
  Lines lines("one\n\ntwo\nrest");
  EXPECT_EQ(lines.next(), "one");
  EXPECT_EQ(lines.next(), "");
  EXPECT_EQ(lines.next(), "two");
  EXPECT_EQ(lines.rest(), "rest");
  EXPECT_FALSE(lines.next().has_value());
  EXPECT_EQ(lines.rest(), "rest");
}

}  // namespace
}  // namespace assay::merkle
