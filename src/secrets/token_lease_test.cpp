#include "secrets/token_lease.hpp"

#include <gtest/gtest.h>

namespace assay::secrets {
namespace {

using std::chrono::seconds;
using Step = TokenLease::Step;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

TEST(TokenLease, IsRenewedWhenTwoThirdsAreOver) {
  const TokenLease lease(kStart, seconds(90), true);
  EXPECT_EQ(lease.step(kStart + seconds(59)), Step::kUse);
  EXPECT_EQ(lease.step(kStart + seconds(60)), Step::kRenew);
  EXPECT_FALSE(lease.is_over(kStart + seconds(89)));
  EXPECT_TRUE(lease.is_over(kStart + seconds(90)));
  EXPECT_EQ(lease.step(kStart + seconds(90)), Step::kReplace);
}

TEST(TokenLease, IsReplacedWhenItCantBeRenewed) {
  EXPECT_EQ(TokenLease(kStart, seconds(90), false).step(kStart + seconds(60)), Step::kReplace);
}

TEST(TokenLease, MayHaveNoEnd) {
  const TokenLease lease(kStart, seconds(0), false);
  EXPECT_EQ(lease.step(kStart + std::chrono::days(10'000)), Step::kUse);
  EXPECT_FALSE(lease.is_over(kStart + std::chrono::days(10'000)));
}

TEST(TokenLease, IsReplacedWhenARenewalGrantsMuchLess) {
  const TokenLease lease(kStart, seconds(90), true);
  const auto now = kStart + seconds(60);
  EXPECT_EQ(lease.renewed(now, seconds(90), true).step(now + seconds(60)), Step::kRenew);
  EXPECT_EQ(lease.renewed(now, seconds(30), true).step(now + seconds(20)), Step::kReplace);
}

}  // namespace
}  // namespace assay::secrets
