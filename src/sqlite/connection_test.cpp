#include "sqlite/connection.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cerrno>
#include <fstream>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::sqlite {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Connection, NamesAFileThatIsNoDatabaseAndTheRemedy) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "patients.db";
  std::ofstream(file) << std::string(8192, 'x');
  EXPECT_THAT([&] { Connection(file, Access::kReadWrite); },
              ThrowsMessage<Error>(AllOf(HasSubstr(file.string()), HasSubstr("assay restore"))));
}

TEST(Connection, RefusesToWriteWithoutAWriteAheadLog) {
  EXPECT_THROW(Connection(":memory:", Access::kReadWrite), Refusal);
}

TEST(Error, TellsAFullDiskFromOneThatFails) {
  EXPECT_TRUE(Error(SQLITE_FULL, "write").is_full());
  EXPECT_TRUE(Error(SQLITE_IOERR_WRITE, "write", EDQUOT).is_full());
  EXPECT_FALSE(Error(SQLITE_IOERR_WRITE, "write", EIO).is_full());
  // After a failed fsync nobody knows what is on the disk, whatever the reason.
  EXPECT_FALSE(Error(SQLITE_IOERR_FSYNC, "write", EDQUOT).is_full());
  EXPECT_FALSE(Error(SQLITE_IOERR_SHMSIZE, "write", ENOSPC).is_full());
  EXPECT_TRUE(Error(SQLITE_IOERR_SHMSIZE, "write", ENOSPC).is_full_behind_log());
  EXPECT_FALSE(Error(SQLITE_IOERR_SHMSIZE, "write", EIO).is_full_behind_log());
}

}  // namespace
}  // namespace assay::sqlite
