#include "sqlite/audit_dates.hpp"

#include <gmock/gmock.h>

#include "sqlite/audit_query.hpp"
#include "sqlite/audit_store_fixture.hpp"

namespace assay::sqlite {
namespace {

using testing::SizeIs;

/// A register of which each hundred records have a date of their own.
class AuditDatesTest : public AuditStoreTest {
 protected:
  static constexpr std::uint64_t kOfADate = 100;

  void fill(std::uint64_t records) {
    for (std::uint64_t i = 0; i < records; i += kOfADate) {
      std::vector<audit::NewRecord> batch;
      for (std::uint64_t j = 0; j < kOfADate; ++j) batch.push_back(a_record());
      ASSERT_TRUE(append(std::move(batch)));
      ++clock_.milliseconds;
    }
    records_ = records;
  }
  void erase(std::uint64_t begin, std::uint64_t end) {
    Connection writer(file_, Access::kReadWrite);
    auto erasure = writer.prepare("UPDATE record SET salt = NULL, document = NULL WHERE idx >= ? AND idx < ?");
    erasure.bind(1, static_cast<std::int64_t>(begin)).bind(2, static_cast<std::int64_t>(end)).run();
  }

  /// The moment from which on the records of that index and later ones were recorded, if it begins a date.
  static Timestamp moment_of(std::uint64_t index) {
    return Timestamp(std::chrono::milliseconds(1'700'000'000'000 + static_cast<std::int64_t>(index / kOfADate)));
  }
  DateBounds bounds_of(std::uint64_t index) const {
    return find_moment(Connection(file_, Access::kReadOnly), moment_of(index), 0, records_);
  }

  /// All that a query tells that is still there, and how many erased ones.
  struct Told {
    std::vector<std::uint64_t> kept;
    std::uint64_t erased = 0;
  };
  Told walk(audit::RegisterQuery query) {
    query.end = records_;
    query.limit = 1000;
    Told told;
    for (std::optional<std::uint64_t> next = 0; next;) {
      query.first = *next;
      const auto page = start(queries_->find(query, {})).get();
      for (const auto& entry : page.entries) {
        entry.document.empty() ? void(++told.erased) : told.kept.push_back(entry.index);
      }
      if (page.next) EXPECT_GT(*page.next, *next);
      next = page.next;
    }
    return told;
  }

  std::uint64_t records_ = 0;
  std::optional<AuditQueries> queries_{file_};
};

TEST_F(AuditDatesTest, AreFoundExactlyWhereFewInARowAreErased) {
  fill(1'000);
  for (std::uint64_t i = 0; i < records_; i += 2 * kOfADate) erase(i + 50, i + 110);
  for (std::uint64_t index = 0; index <= records_; index += kOfADate) {
    const auto bounds = bounds_of(index);
    EXPECT_TRUE(bounds.is_exact());
    // What is erased right before belongs to it.
    EXPECT_EQ(bounds.begin, index % (2 * kOfADate) == 0 ? index : index - 50);
  }
}

TEST_F(AuditDatesTest, AreFoundBehindAllThatRetentionErased) {
  fill(30'000);
  erase(0, 29'500);
  for (const std::uint64_t index : {29'600UL, 29'700UL, 30'000UL}) {
    const auto bounds = bounds_of(index);
    EXPECT_TRUE(bounds.is_exact());
    EXPECT_EQ(bounds.begin, index);
    EXPECT_LE(bounds.examined, kMostExaminedForDates);
  }
}

TEST_F(AuditDatesTest, AreLookedForAmongABoundedNumberOfRecords) {
  fill(30'000);
  erase(300, 29'700);
  for (const std::uint64_t index : {0UL, 100UL, 300UL, 10'000UL, 20'000UL, 29'700UL, 29'900UL}) {
    const auto bounds = bounds_of(index);
    // What is still there beside the moment.
    EXPECT_GE(bounds.end, index > 300 && index <= 29'700 ? 300 : index);
    EXPECT_LE(bounds.begin, index >= 300 && index < 29'700 ? 29'700 : index);
    EXPECT_LE(bounds.examined, kMostExaminedForDates);
  }
}

TEST_F(AuditDatesTest, TellAllThatIsThereOfAPeriodAndNoMore) {
  fill(30'000);
  erase(300, 15'000);
  erase(15'001, 29'700);
  const auto told = walk({.from = moment_of(200), .before = moment_of(29'800)});
  EXPECT_THAT(told.kept, SizeIs(201));
  EXPECT_EQ(told.erased, 14'700U + 14'699U);
  EXPECT_THAT(walk({.before = moment_of(200)}).kept, SizeIs(200));
  EXPECT_THAT(walk({.from = moment_of(29'900)}).kept, SizeIs(100));
  EXPECT_THAT(walk({.from = moment_of(10'000), .before = moment_of(20'000)}).kept, testing::ElementsAre(15'000));
  EXPECT_THAT(walk({.actor = "1", .from = moment_of(10'000), .before = moment_of(20'000)}).kept,
              testing::ElementsAre(15'000));
  EXPECT_THAT(walk({.from = moment_of(20'000), .before = moment_of(29'700)}).kept, testing::IsEmpty());
}

}  // namespace
}  // namespace assay::sqlite
