#include "sqlite/page_remains.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "base/temporary_folder.hpp"
#include "sqlite/checkpointer.hpp"

namespace assay::sqlite {
namespace {

constexpr int kRows = 2000;

std::string mark_of(int row) { return fmt::format("<the marked text of {:06}>", row); }

std::string repeated(const std::string& text, unsigned times) {
  std::string out;
  for (unsigned i = 0; i < times; ++i) out += text;
  return out;
}

/// A table whose rows have grown and shrunk, and so moved between pages.
class MovedRows {
 public:
  MovedRows() {
    connection_.execute("CREATE TABLE t(row INTEGER PRIMARY KEY, v TEXT)");
    auto insert = connection_.prepare("INSERT INTO t(row, v) VALUES(?, ?)");
    auto update = connection_.prepare("UPDATE t SET v = ?2 WHERE row = ?1");
    connection_.execute("PRAGMA synchronous = OFF");
    for (int row = 0; row < kRows; ++row) set(insert, row, 1 + (random_() % 5));
    for (int i = 0; i < 3 * kRows; ++i) set(update, static_cast<int>(random_() % kRows), 1 + (random_() % 100));
  }

  void delete_every_seventh() { connection_.execute("DELETE FROM t WHERE row % 7 = 0"); }
  void update_all_others() { connection_.execute("UPDATE t SET v = v || ' ' WHERE row % 7 <> 0"); }
  void empty_log() { ASSERT_TRUE(Checkpointer::empty_log(connection_, std::chrono::milliseconds(0))); }

  /// Of how many deleted rows the file has something.
  int remains() const {
    std::ifstream input(file_, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(input), {}};
    int count = 0;
    for (int row = 0; row < kRows; row += 7) count += content.contains(mark_of(row)) ? 1 : 0;
    return count;
  }

  bool is_sound() {
    auto check = connection_.prepare("PRAGMA integrity_check");
    return check.step() && check.text(0) == "ok";
  }

  Connection& connection() { return connection_; }

 private:
  void set(Statement& statement, int row, unsigned times) {
    const auto text = repeated(mark_of(row), times);
    statement.bind(1, std::int64_t{row}).bind(2, std::string_view(text)).run();
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "test.db";
  Connection connection_{file_, Access::kReadWrite};
  std::mt19937 random_{1};
};

TEST(PageRemains, CopiesOfMovedRowsAreOverwrittenAndDoNotComeBack) {
  MovedRows rows;
  rows.delete_every_seventh();
  rows.empty_log();
  ASSERT_GT(rows.remains(), 0) << "SQLite leaves no copies any more; then there is nothing to overwrite";
  overwrite_remains(rows.connection());
  EXPECT_EQ(rows.remains(), 0);
  EXPECT_TRUE(rows.is_sound());
  rows.update_all_others();
  rows.empty_log();
  EXPECT_EQ(rows.remains(), 0);
  EXPECT_TRUE(rows.is_sound());
}

}  // namespace
}  // namespace assay::sqlite
