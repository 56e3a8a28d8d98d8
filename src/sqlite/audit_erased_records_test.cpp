#include "sqlite/audit_erased_records.hpp"

#include <gmock/gmock.h>

#include <set>

namespace assay::sqlite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

IndexRuns runs_of(const std::vector<std::uint64_t>& indexes) {
  IndexRuns runs;
  for (const auto index : indexes) runs.add(index);
  runs.sort();
  return runs;
}

TEST(IndexRuns, KnowWhatWasAddedInAnyOrder) {
  const std::vector<std::uint64_t> indexes{9, 1, 2, 3, 2, 5, 8, 7, 5};
  const std::set<std::uint64_t> expected(indexes.begin(), indexes.end());
  const auto runs = runs_of(indexes);
  EXPECT_EQ(runs.size(), expected.size());
  for (std::uint64_t begin = 0; begin < 12; ++begin) {
    EXPECT_EQ(runs.contains(begin), expected.contains(begin)) << begin;
    for (auto end = begin; end < 12; ++end) {
      const auto count = std::distance(expected.lower_bound(begin), expected.lower_bound(end));
      EXPECT_EQ(runs.count_in(begin, end), count) << begin << " to " << end;
    }
  }
}

TEST(IndexRuns, TellWhatAnotherLacks) {
  const auto missing = [](const IndexRuns& runs, const IndexRuns& other) {
    std::vector<std::uint64_t> found;
    for (auto next = runs.first_not_in(other, 0); next; next = runs.first_not_in(other, *next + 1)) {
      found.push_back(*next);
    }
    return found;
  };
  EXPECT_THAT(missing(runs_of({1, 2, 3, 7, 8, 12}), runs_of({2, 7, 8, 9})), ElementsAre(1, 3, 12));
  EXPECT_THAT(missing(runs_of({2, 7, 8}), runs_of({1, 2, 3, 6, 7, 8, 9})), IsEmpty());
  EXPECT_THAT(missing(runs_of({4, 5}), runs_of({})), ElementsAre(4, 5));
  EXPECT_THAT(missing(runs_of({}), runs_of({4, 5})), IsEmpty());
}

TEST(ErasedRecords, AreToldOnceForEachRecordWhateverTheirOrder) {
  ErasedRecords check;
  for (const auto index : {3, 4, 9}) check.add(static_cast<std::uint64_t>(index));
  for (const auto index : {9, 3, 5, 5, 100}) check.add_said(static_cast<std::uint64_t>(index));
  AuditFaults faults;
  check.finish(50, faults);
  EXPECT_THAT(std::move(faults).release(),
              ElementsAre("Record 4 has neither document nor salt, and no record says that it was erased.",
                          "Record 5 was erased, and yet it has content."));
}

}  // namespace
}  // namespace assay::sqlite
