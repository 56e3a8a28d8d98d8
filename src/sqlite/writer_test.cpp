#include "sqlite/writer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/io_threads.hpp"
#include "base/temporary_folder.hpp"

namespace assay::sqlite {
namespace {

constexpr std::string_view kInsert = "INSERT INTO t(v) VALUES(?)";

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    Connection(file_, Access::kReadWrite).execute("CREATE TABLE t(row INTEGER PRIMARY KEY, v INTEGER UNIQUE)");
    writer_.emplace(file_, WriterOptions{.store = "test", .reserve = folder_.path() / "reserve"}, log_, metrics_);
    threads_.start();
  }
  ~WriterTest() override {
    writer_.reset();
    threads_.stop();
  }

  static Awaitable<bool> insert(Writer* writer, std::int64_t value, std::size_t rows) {
    const auto work = [value](Connection& connection) {
      connection.prepare(kInsert).bind(1, value).run();
      return true;
    };
    co_return co_await writer->run(work, rows);
  }

  std::future<bool> insert(std::int64_t value, std::size_t rows = 1) {
    return boost::asio::co_spawn(threads_.context(0), insert(&*writer_, value, rows), boost::asio::use_future);
  }

  std::int64_t stored() const {
    const Connection reader(file_, Access::kReadOnly);
    auto count = reader.prepare("SELECT count(*) FROM t");
    count.step();
    return count.integer(0);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "test.db";
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
  telemetry::Metrics second_metrics_;  ///< of a second writer: what is collected must be there as long
  IoThreads threads_{1};
  std::optional<Writer> writer_;
};

TEST_F(WriterTest, StoresBeforeItAnswers) {
  writer_->start(nullptr);
  EXPECT_TRUE(insert(1).get());
  EXPECT_EQ(stored(), 1);
}

TEST_F(WriterTest, GroupsWhatWaitsIntoOneTransaction) {
  std::vector<std::future<bool>> inserted;
  for (std::int64_t value = 0; value < 100; ++value) inserted.push_back(insert(value));
  // All are queued before the writer begins.
  boost::asio::co_spawn(threads_.context(0), [] -> Awaitable<void> { co_return; }, boost::asio::use_future).get();
  writer_->start(nullptr);
  for (auto& each : inserted) EXPECT_TRUE(each.get());
  EXPECT_EQ(stored(), 100);
  const auto exposed = metrics_.expose();
  for (const auto* once : {"batch_operations_count", "duration_seconds_count", "sync_duration_seconds_count"}) {
    EXPECT_THAT(exposed, testing::HasSubstr(fmt::format("assay_group_commit_{}{{store=\"test\"}} 1\n", once)));
  }
  for (const auto* each : {"batch_operations_sum", "queue_wait_seconds_count"}) {
    EXPECT_THAT(exposed, testing::HasSubstr(fmt::format("assay_group_commit_{}{{store=\"test\"}} 100\n", each)));
  }
}

TEST_F(WriterTest, FailsOnlyTheGuiltyOperationOfABatch) {
  std::vector<std::future<bool>> inserted;
  for (const std::int64_t value : {1, 2, 2, 3}) inserted.push_back(insert(value));
  writer_->start(nullptr);
  EXPECT_TRUE(inserted[0].get());
  EXPECT_TRUE(inserted[1].get());
  EXPECT_THROW(inserted[2].get(), Error);
  EXPECT_TRUE(inserted[3].get());
  EXPECT_EQ(stored(), 3);
}

TEST_F(WriterTest, GivesTheReserveBackWhenTheDiskIsFull) {
  writer_->connection().execute("PRAGMA max_page_count = 3");
  ASSERT_TRUE(std::filesystem::exists(folder_.path() / "reserve"));
  writer_->start(nullptr);
  std::size_t refused = 0;
  for (std::int64_t value = 0; refused == 0 && value < 10'000; ++value) {
    try {
      insert(value).get();
    } catch (const Unavailable&) {
      ++refused;
      EXPECT_EQ(stored(), value);
    }
  }
  EXPECT_EQ(refused, 1U);
}

TEST_F(WriterTest, RefusesWhenTooManyWait) {
  writer_.emplace(file_, WriterOptions{.store = "test", .queue_limit = 2, .reserve = {}}, log_, metrics_);
  auto first = insert(1);
  auto second = insert(2);
  EXPECT_THROW(insert(3).get(), Unavailable);
  writer_->start(nullptr);
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST_F(WriterTest, CountsTheRowsOfWhatWaits) {
  writer_.emplace(file_, WriterOptions{.store = "test", .queue_limit = 4, .batch_limit = 3, .reserve = {}}, log_,
                  second_metrics_);
  auto first = insert(1, 2);
  auto second = insert(2, 2);
  EXPECT_THROW(insert(3, 1).get(), Unavailable);
  writer_->start(nullptr);
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  // Together they have more rows than one transaction may.
  EXPECT_THAT(second_metrics_.expose(),
              testing::HasSubstr("assay_group_commit_batch_operations_count{store=\"test\"} 2\n"));
  EXPECT_TRUE(insert(4, 100).get());
}

TEST_F(WriterTest, LeavesOpenWhatTheLogMayHoldAndGoesOn) {
  writer_->start(nullptr);
  const auto fail = [](Writer* writer) -> Awaitable<bool> {
    co_return co_await writer->run(
        [](Connection& /*connection*/) -> bool { throw Error(SQLITE_IOERR_SHMSIZE, "commit", ENOSPC); });
  };
  EXPECT_THROW(boost::asio::co_spawn(threads_.context(0), fail(&*writer_), boost::asio::use_future).get(),
               OutcomeUnknown);
  EXPECT_NE(writer_->health(), Health::kFailed);
  EXPECT_TRUE(insert(1).get());
}

class CountingWork : public BackgroundWork {
 public:
  std::size_t backlog() const override { return backlog_; }
  void run_slice(Connection& connection, std::size_t rows) override {
    if (disk_is_full_.exchange(false)) throw Error(SQLITE_FULL, "run a slice");
    connection.prepare(kInsert).bind(1, std::int64_t{-1} - static_cast<std::int64_t>(backlog_)).run();
    backlog_ -= std::min<std::size_t>(rows, backlog_);
  }
  void on_committed() override { ++committed_; }
  void on_rolled_back() override { ++rolled_back_; }

  std::atomic<std::size_t> backlog_{3000};
  std::atomic<bool> disk_is_full_{false};
  std::atomic<int> committed_{0};
  std::atomic<int> rolled_back_{0};
};

TEST_F(WriterTest, WorksOffTheBacklogOnceItHasAWrite) {
  CountingWork work;
  writer_->start(&work);
  while (work.backlog_ > 0) std::this_thread::yield();
  insert(1).get();
  writer_->stop();
  EXPECT_EQ(stored(), 3);  // an insert for each of two slices, and the one that was asked for
}

TEST_F(WriterTest, GoesOnWithTheBacklogByItselfOnceTheDiskHasRoom) {
  CountingWork work;
  work.disk_is_full_ = true;
  writer_->start(&work);
  while (work.backlog_ > 0) std::this_thread::yield();
  writer_->stop();
  EXPECT_EQ(writer_->health(), Health::kReady);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "reserve"));
}

TEST_F(WriterTest, ShowsTheBacklogAsItGrows) {
  CountingWork work;
  work.backlog_ = 0;
  writer_->start(&work);
  const auto grow = [](Writer* writer, CountingWork* grown) -> Awaitable<void> {
    co_await writer->run([grown](Connection& /*connection*/) { grown->backlog_ = 7; });
  };
  work.disk_is_full_ = true;  // so that no slice works it off
  boost::asio::co_spawn(threads_.context(0), grow(&*writer_, &work), boost::asio::use_future).get();
  writer_->stop();
  EXPECT_THAT(metrics_.expose(), testing::HasSubstr("assay_index_backlog_rows{store=\"test\"} 7\n"));
}

TEST_F(WriterTest, TellsWhichTransactionsHeldAndWhichWereUndone) {
  CountingWork work;
  work.backlog_ = 0;
  writer_->start(&work);
  insert(1).get();
  EXPECT_THROW(insert(1).get(), Error);
  writer_->stop();
  EXPECT_EQ(work.committed_, 1);
  EXPECT_EQ(work.rolled_back_, 1);
}

TEST_F(WriterTest, OverwritesAtTheNextStartWhatAReaderHeldUpUntilTheStop) {
  writer_->start(nullptr);
  EXPECT_TRUE(insert(1).get());
  const auto due = std::filesystem::path(file_.string() + ".remains");
  {
    Connection reader(file_, Access::kReadOnly);
    reader.execute("BEGIN");
    reader.prepare("SELECT count(*) FROM t").step();
    EXPECT_TRUE(insert(2).get());
    auto cleared = boost::asio::co_spawn(threads_.context(0),
                                         writer_->clear_log(Remains::kOverwrite, std::chrono::milliseconds(1)),
                                         boost::asio::use_future);
    EXPECT_FALSE(cleared.get());
    writer_->stop();
    EXPECT_TRUE(std::filesystem::exists(due));
  }
  writer_.emplace(file_, WriterOptions{.store = "test", .reserve = folder_.path() / "reserve"}, log_, metrics_);
  writer_->start(nullptr);
  auto cleared = boost::asio::co_spawn(
      threads_.context(0), writer_->clear_log(Remains::kKeep, std::chrono::seconds(30)), boost::asio::use_future);
  EXPECT_TRUE(cleared.get());
  EXPECT_FALSE(std::filesystem::exists(due));
}

TEST_F(WriterTest, ClearsTheLogOnceNoReaderNeedsItAnyMore) {
  writer_->start(nullptr);
  EXPECT_TRUE(insert(1).get());
  const auto log = std::filesystem::path(file_.string() + "-wal");
  const auto clear = [&](std::chrono::milliseconds patience) {
    return boost::asio::co_spawn(threads_.context(0), writer_->clear_log(Remains::kOverwrite, patience),
                                 boost::asio::use_future);
  };
  {
    Connection reader(file_, Access::kReadOnly);
    reader.execute("BEGIN");
    reader.prepare("SELECT count(*) FROM t").step();
    EXPECT_TRUE(insert(2).get());
    EXPECT_FALSE(clear(std::chrono::milliseconds(1)).get());
    EXPECT_TRUE(insert(3).get());
  }
  EXPECT_TRUE(clear(std::chrono::seconds(30)).get());
  EXPECT_EQ(std::filesystem::file_size(log), 0U);
  EXPECT_EQ(stored(), 3);
  EXPECT_TRUE(insert(4).get());
  EXPECT_EQ(stored(), 4);
}

}  // namespace
}  // namespace assay::sqlite
