#include "base/private_file.hpp"

#include <gmock/gmock.h>

#include <iterator>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay {
namespace {

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(begin(files), end(files));
}

TEST(MakeDurable, TakesFilesAndFolders) {
  const TemporaryFolder folder;
  write_private_file(folder.path() / "file", "text");
  make_durable(folder.path() / "file");
  make_durable(folder.path());
}

TEST(MakeDurable, SaysWhatItFailedAtAndLeavesNothingOpen) {
  const auto before = open_files();
  for (const auto* path : {"/nowhere/at/all", "/proc/self/status"}) {
    EXPECT_THAT([&] { make_durable(path); }, testing::ThrowsMessage<Refusal>(testing::HasSubstr(path)));
  }
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace assay
