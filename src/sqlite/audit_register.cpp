#include "sqlite/audit_register.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace assay::sqlite {

AccessRegister::AccessRegister(Connection& connection)
    : attributes_(connection),
      select_last_(connection.prepare("SELECT max(sequence) FROM access WHERE patient = ?")),
      insert_(connection.prepare("INSERT INTO access(patient, sequence, idx) VALUES(?, ?, ?)")),
      select_position_(connection.prepare("SELECT position FROM access_position")),
      update_position_(connection.prepare("UPDATE access_position SET position = ?")) {}

std::uint64_t AccessRegister::position() {
  const ResetOnExit reset(select_position_);
  return select_position_.step() ? static_cast<std::uint64_t>(select_position_.integer(0)) : 0;
}

void AccessRegister::clear() {
  attributes_.clear();
  tail_.clear();
  last_in_tail_.clear();
}

void AccessRegister::note(const Uuid& patient, std::uint64_t sequence, std::uint64_t index) {
  tail_.push_back({.patient = patient, .sequence = sequence, .index = index});
  auto& last = last_in_tail_[patient];
  last.sequence = sequence;
  ++last.in_tail;
}

std::uint64_t AccessRegister::next_sequence(const Uuid& patient) {
  const auto in_tail = last_in_tail_.find(patient);
  if (in_tail != last_in_tail_.end()) return in_tail->second.sequence + 1;
  const ResetOnExit reset(select_last_);
  select_last_.bind(1, Blob(patient.bytes));
  select_last_.step();
  return static_cast<std::uint64_t>(select_last_.integer(0)) + 1;
}

void AccessRegister::advance(std::uint64_t position) {
  std::vector<Access> due;
  while (!tail_.empty() && tail_.front().index < position) {
    due.push_back(tail_.front());
    forget_first();
  }
  std::ranges::sort(due, {}, [](const Access& access) { return std::tie(access.patient, access.sequence); });
  for (const auto& access : due) {
    insert_.bind(1, Blob(access.patient.bytes))
        .bind(2, static_cast<std::int64_t>(access.sequence))
        .bind(3, static_cast<std::int64_t>(access.index))
        .run();
  }
  attributes_.advance(position);
  update_position_.bind(1, static_cast<std::int64_t>(position)).run();
}

void AccessRegister::forget_first() {
  const auto last = last_in_tail_.find(tail_.front().patient);
  if (--last->second.in_tail == 0) last_in_tail_.erase(last);
  tail_.pop_front();
}

}  // namespace assay::sqlite
