#include "app/part_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::app {
namespace {

TEST(PartFolder, IsHeldByOneAlone) {
  const TemporaryFolder data;
  const PartFolder folder(data.path(), "audit");
  EXPECT_TRUE(PartFolder::is_in_use(data.path(), "audit"));
  EXPECT_THROW(PartFolder(data.path(), "audit"), Refusal);
}

TEST(PartFolder, IsTakenThoughOthersAskAllTheTimeWhetherItIsInUse) {
  const TemporaryFolder data;
  std::atomic<bool> done{false};
  std::jthread asks([&] {
    while (!done) PartFolder::is_in_use(data.path(), "audit");
  });
  for (int i = 0; i < 200; ++i) EXPECT_NO_THROW(PartFolder(data.path(), "audit")) << i;
  done = true;
}

}  // namespace
}  // namespace assay::app
