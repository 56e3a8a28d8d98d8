#include "audit/head_file.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using testing::UnorderedElementsAre;

/// As a full disk: of a write, what lies beyond is not taken.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  sighandler_t signal_;
  rlimit before_{};
};

class HeadFileTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  HeadFile head_{folder_.path() / "log.head"};
};

TEST_F(HeadFileTest, IsEmptyBeforeTheFirstNote) { EXPECT_THAT(head_.read(), IsEmpty()); }

TEST_F(HeadFileTest, KeepsTheNoteBeforeTheNewest) {
  head_.write("one", "");
  EXPECT_THAT(head_.read(), ElementsAre("one"));
  head_.write("two", "one");
  EXPECT_THAT(head_.read(), UnorderedElementsAre("one", "two"));
  head_.write("three", "two");
  EXPECT_THAT(head_.read(), UnorderedElementsAre("two", "three"));
}

TEST_F(HeadFileTest, GoesOnWhereAnotherProcessEnded) {
  head_.write("one", "");
  head_.write("two", "one");
  HeadFile next(folder_.path() / "log.head");
  next.write("three", "two");
  EXPECT_THAT(next.read(), UnorderedElementsAre("two", "three"));
}

TEST_F(HeadFileTest, ShowsAWriteThatWasBrokenOff) {
  head_.write("one", "");
  head_.write("two", "one");
  std::fstream file(head_.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(0);
  file << "th";
  file.close();
  EXPECT_THAT(head_.read(), UnorderedElementsAre("the", "two"));
}

TEST_F(HeadFileTest, WritesAgainOnceTheDiskHasRoom) {
  head_.write("one", "");
  head_.write("two", "one");
  const std::string three(200, '3');
  for (const rlim_t room : {0U, 100U}) {
    const FileSizeLimit full(room);
    EXPECT_THAT([&] { head_.write(three, "two"); }, ThrowsMessage<Refusal>(HasSubstr("can't be written")));
  }
  EXPECT_THAT(head_.read(), testing::Contains("two"));
  head_.write(three, "two");
  EXPECT_THAT(head_.read(), UnorderedElementsAre("two", three));
}

TEST_F(HeadFileTest, IsNeitherAPipeNorAFolder) {
  const auto is_told = ThrowsMessage<Refusal>(HasSubstr((folder_.path() / "log.head").string() + " is no file"));
  ASSERT_EQ(::mkfifo(head_.path().c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_THAT([&] { (void)head_.read(); }, is_told);
  EXPECT_THAT([&] { head_.write("one", ""); }, is_told);
  std::filesystem::remove(head_.path());
  std::filesystem::create_directory(head_.path());
  EXPECT_THAT([&] { (void)head_.read(); }, is_told);
}

TEST_F(HeadFileTest, IsForThisUserAlone) {
  head_.write("one", "");
  EXPECT_EQ(std::filesystem::status(head_.path()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(HeadFileTest, SaysWhereItCanNotBeWritten) {
  HeadFile nowhere(folder_.path() / "none" / "log.head");
  EXPECT_THROW(nowhere.write("one", ""), Refusal);
  EXPECT_THROW(head_.write(std::string(4096, 'x'), ""), Refusal);
}

}  // namespace
}  // namespace assay::audit
