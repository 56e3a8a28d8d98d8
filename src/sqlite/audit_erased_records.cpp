#include "sqlite/audit_erased_records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::sqlite {

void IndexRuns::add(std::uint64_t index) {
  if (!runs_.empty() && runs_.back().end == index) {
    ++runs_.back().end;
  } else {
    runs_.push_back({.begin = index, .end = index + 1});
  }
}

void IndexRuns::sort() {
  std::ranges::sort(runs_, {}, &Run::begin);
  std::vector<Run> joined;
  for (const auto& run : runs_) {
    if (!joined.empty() && run.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, run.end);
    } else {
      joined.push_back(run);
    }
  }
  runs_ = std::move(joined);
}

std::uint64_t IndexRuns::count_in(std::uint64_t begin, std::uint64_t end) const {
  std::uint64_t count = 0;
  auto run = std::ranges::upper_bound(runs_, begin, {}, &Run::end);
  for (; run != runs_.end() && run->begin < end; ++run) count += std::min(run->end, end) - std::max(run->begin, begin);
  return count;
}

std::uint64_t IndexRuns::size() const {
  std::uint64_t size = 0;
  for (const auto& run : runs_) size += run.end - run.begin;
  return size;
}

std::optional<std::uint64_t> IndexRuns::first_not_in(const IndexRuns& other, std::uint64_t begin) const {
  auto run = std::ranges::upper_bound(runs_, begin, {}, &Run::end);
  for (; run != runs_.end(); ++run) {
    auto index = std::max(run->begin, begin);
    const auto known = std::ranges::upper_bound(other.runs_, index, {}, &Run::end);
    if (known != other.runs_.end() && known->begin <= index) index = known->end;
    if (index < run->end) return index;
  }
  return std::nullopt;
}

void ErasedRecords::finish(std::uint64_t records, AuditFaults& faults) {
  said_.sort();
  for (auto index = erased_.first_not_in(said_, 0); index && !faults.is_full();
       index = erased_.first_not_in(said_, *index + 1)) {
    faults.note(*index,
                fmt::format("Record {} has neither document nor salt, and no record says that it was erased.", *index));
  }
  for (auto index = said_.first_not_in(erased_, 0); index && !faults.is_full();
       index = said_.first_not_in(erased_, *index + 1)) {
    if (*index < records) faults.note(*index, fmt::format("Record {} was erased, and yet it has content.", *index));
  }
}

}  // namespace assay::sqlite
