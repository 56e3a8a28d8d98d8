#include "merkle/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace assay::merkle {
namespace {

TEST(Decimal, ReadsUpToTheLargest) {
  constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parse_decimal("0", kLargest), 0U);
  EXPECT_EQ(parse_decimal("20852163", kLargest), 20852163U);
  EXPECT_EQ(parse_decimal("18446744073709551615", kLargest), kLargest);
  EXPECT_FALSE(parse_decimal("18446744073709551616", kLargest).has_value());
  EXPECT_EQ(parse_decimal("63", 63), 63U);
  EXPECT_FALSE(parse_decimal("64", 63).has_value());
}

TEST(Decimal, RefusesEveryOtherForm) {
  for (const auto* text : {"", "00", "01", "-1", "+1", " 1", "1 ", "1\n", "0x1", "1e3", "1.0", "a", "٣"}) {
    EXPECT_FALSE(parse_decimal(text, 1000).has_value()) << text;
  }
}

}  // namespace
}  // namespace assay::merkle
