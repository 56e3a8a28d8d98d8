#include "app/open_files.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace assay::app {
namespace {

TEST(OpenFiles, AreRaisedToTheHardLimit) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{.rlim_cur = before.rlim_max / 2, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_limit_of_open_files(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(OpenFiles, LeaveHalfOfThemToOthersThanClients) {
  EXPECT_EQ(connections_within(20'000, 10'000), 10'000U);
  EXPECT_EQ(connections_within(1024, 10'000), 512U);
  EXPECT_EQ(connections_within(1024, 100), 100U);
}

}  // namespace
}  // namespace assay::app
