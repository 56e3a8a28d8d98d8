#include "sqlite/schema.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/error.hpp"
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

class SchemaOfADatabase : public testing::TestWithParam<const char*> {};

/// Whether it has the schema of its version.
TEST_P(SchemaOfADatabase, IsOnlyWhatItsMigrationsMake) {
  const TemporaryFolder folder;
  constexpr std::array<std::string_view, 2> kMigrations{"CREATE TABLE a(v); CREATE INDEX i ON a(v)",
                                                        "CREATE TABLE b(v UNIQUE)"};
  Connection connection(folder.path() / "test.db", Access::kReadWrite);
  migrate(connection, std::span(kMigrations).first(1), 1);
  migrate(connection, kMigrations, 1);
  EXPECT_TRUE(schema_faults(connection, kMigrations).empty());
  connection.execute(GetParam());
  EXPECT_EQ(schema_faults(connection, kMigrations).size(), 1);
  EXPECT_THROW(migrate(connection, kMigrations, 1), Refusal);
}

INSTANTIATE_TEST_SUITE_P(Changes, SchemaOfADatabase,
                         testing::Values("CREATE VIEW w AS SELECT 1", "DROP INDEX i", "CREATE TABLE c(v)",
                                         "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
                                         "DROP TABLE b; CREATE TABLE b(v INTEGER UNIQUE)"));

}  // namespace
}  // namespace assay::sqlite
