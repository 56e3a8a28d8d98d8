#include "audit/head_file.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::audit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

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
