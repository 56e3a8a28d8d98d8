#include "app/replaced_log.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "audit/head_file.hpp"
#include "base/temporary_folder.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;

class ReplacedLog : public testing::Test {
 protected:
  ReplacedLog() { audit::HeadFile(audit_.log_head()).write("head", ""); }

  fs::path keep() { return keep_replaced_head(audit_, audit_.log_head()); }
  static std::string content_of(const fs::path& file) {
    std::ifstream input(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
  }

  TemporaryFolder data_;
  PartFolder audit_{data_.path(), "audit"};
};

TEST_F(ReplacedLog, IsKeptWithTheDatabaseThatWasReplaced) {
  note_restored(audit_, "replaced-1");
  for (int attempt = 0; attempt < 2; ++attempt) {
    ASSERT_EQ(keep(), audit_.path() / "replaced-1");
    EXPECT_EQ(content_of(audit_.path() / "replaced-1" / "log.head"), content_of(audit_.log_head()));
  }
}

TEST_F(ReplacedLog, IsKeptWithTheDatabaseThatItIsOfWhenARestoreFollowsAnother) {
  note_restored(audit_, "replaced-1");
  note_restored(audit_, "replaced-2");
  EXPECT_EQ(keep(), audit_.path() / "replaced-1");
}

TEST_F(ReplacedLog, IsNoneWithoutARestore) {
  EXPECT_EQ(keep(), fs::path());
  std::ofstream(audit_.restored_mark()) << "a verifier key: the start that makes the new log was broken off\n";
  EXPECT_EQ(keep(), fs::path());
  std::ofstream(audit_.restored_mark()) << "replaced-/../..\n";
  EXPECT_EQ(keep(), fs::path());
}

TEST_F(ReplacedLog, IsNoneWhereNothingWasSignedYet) {
  fs::remove(audit_.log_head());
  note_restored(audit_, "replaced-1");
  EXPECT_EQ(keep(), fs::path());
  EXPECT_FALSE(fs::exists(audit_.path() / "replaced-1"));
}

}  // namespace
}  // namespace assay::app
