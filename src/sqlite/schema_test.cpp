#include "sqlite/schema.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/temporary_folder.hpp"

namespace assay::sqlite {
namespace {

TEST(Migrate, TellsWhatFailedAlsoWhenSqliteHasUndoneTheTransactionItself) {
  const TemporaryFolder folder;
  Connection connection(folder.path() / "test.db", Access::kReadWrite);
  constexpr std::array<std::string_view, 1> kMigrations{
      "CREATE TABLE t(v UNIQUE ON CONFLICT ROLLBACK); INSERT INTO t VALUES (1), (1)"};
  try {
    migrate(connection, kMigrations, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.is_constraint()) << error.what();
  }
}

}  // namespace
}  // namespace assay::sqlite
