#include "sqlite/audit_search.hpp"

#include <algorithm>

#include "sqlite/audit_dates.hpp"
#include "sqlite/audit_rows.hpp"

namespace assay::sqlite {

namespace {

/// What one call looks at; whoever asks goes on from there.
constexpr std::size_t kMostExamined = 10'000;

std::uint64_t size_of_register(const Connection& connection) {
  auto row = connection.prepare("SELECT max(idx) + 1 FROM record");
  row.step();
  return static_cast<std::uint64_t>(row.integer(0));
}

}  // namespace

AuditSearch::AuditSearch(const Connection& connection, const audit::RegisterQuery& query)
    : connection_(connection), query_(query), filter_(query), walks_(walks_for(connection, query)) {}

audit::RegisterPage AuditSearch::run() {
  narrow_to_dates(size_of_register(connection_));
  if (!walks_.empty()) follow_indexes(std::min(end_, register_position(connection_)));
  follow_records(end_);
  if (at_ < end_) page_.next = at_;
  return std::move(page_);
}

void AuditSearch::narrow_to_dates(std::uint64_t size) {
  end_ = std::min(query_.end, size);
  at_ = std::min(query_.first, end_);
  // Dates never go back from one record to the next.
  if (query_.from) {
    const auto bounds = find_moment(connection_, *query_.from, at_, end_);
    at_ = bounds.begin;
    dates_are_known_ = bounds.is_exact();
  }
  if (query_.before) {
    const auto bounds = find_moment(connection_, *query_.before, at_, end_);
    end_ = bounds.end;
    dates_are_known_ = dates_are_known_ && bounds.is_exact();
  }
}

bool AuditSearch::is_in_period(std::string_view document) const {
  const auto date = read_document(document).created_date;
  return (!query_.from || date >= *query_.from) && (!query_.before || date < *query_.before);
}

void AuditSearch::follow_indexes(std::uint64_t end) {
  auto row = connection_.prepare("SELECT idx, id, document FROM record WHERE idx = ?");
  while (has_room() && seek(end)) {
    const ResetOnExit reset(row);
    row.bind(1, static_cast<std::int64_t>(at_));
    // Only a patient's number tells whose an erased record was.
    if (row.step()) look_at(row, filter_.takes_erased());
    ++at_;
  }
}

bool AuditSearch::seek(std::uint64_t end) {
  std::size_t agreed = 0;
  for (std::size_t turn = 0; agreed < walks_.size(); turn = (turn + 1) % walks_.size()) {
    if (!has_room()) return false;
    ++examined_;
    const auto found = walks_[turn]->seek(at_).value_or(end);
    if (found >= end) {
      at_ = std::max(at_, end);
      return false;
    }
    agreed = found == at_ ? agreed + 1 : 1;
    at_ = found;
  }
  return true;
}

void AuditSearch::follow_records(std::uint64_t end) {
  auto rows = connection_.prepare("SELECT idx, id, document FROM record WHERE idx >= ? AND idx < ? ORDER BY idx");
  rows.bind(1, static_cast<std::int64_t>(at_)).bind(2, static_cast<std::int64_t>(end));
  while (has_room() && rows.step()) {
    ++examined_;
    look_at(rows, filter_.takes_all());
    at_ = static_cast<std::uint64_t>(rows.integer(0)) + 1;
  }
  if (has_room()) at_ = std::max(at_, end);
}

void AuditSearch::look_at(const Statement& row, bool may_take_erased) {
  const auto document = row.text(2);
  if (row.is_null(2) ? !may_take_erased : !filter_.takes(document)) return;
  if (!dates_are_known_ && !row.is_null(2) && !is_in_period(document)) return;
  bytes_ += document.size();
  page_.entries.push_back(read_entry(row));
}

bool AuditSearch::has_room() const {
  return page_.entries.size() < query_.limit && bytes_ < kPageBytes && examined_ < kMostExamined;
}

}  // namespace assay::sqlite
