#include "patients/intents.hpp"

#include <algorithm>
#include <utility>

namespace assay::patients {

Intents::Ticket Intents::begin() {
  const std::scoped_lock lock(mutex_);
  Ticket ticket;
  ticket.hold_ = holds_.insert(next_index_);
  return ticket;
}

void Intents::place(Ticket& ticket, std::uint64_t index) {
  pass(index);
  const std::scoped_lock lock(mutex_);
  holds_.erase(ticket.hold_);
  ticket.hold_ = holds_.insert(index);
}

void Intents::pass(std::uint64_t index) {
  auto seen = next_index_.load();
  while (seen <= index && !next_index_.compare_exchange_weak(seen, index + 1)) {
  }
}

void Intents::settle(Ticket ticket) {
  const std::scoped_lock lock(mutex_);
  holds_.erase(ticket.hold_);
}

void Intents::abandon(Abandoned attempt) {
  const std::scoped_lock lock(mutex_);
  abandoned_.push_back(std::move(attempt));
}

std::vector<Intents::Abandoned> Intents::take_abandoned() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(abandoned_, {});
}

void Intents::resume_from(std::uint64_t index) {
  if (index > 0) pass(index - 1);
}

std::uint64_t Intents::settled_below() const {
  const std::scoped_lock lock(mutex_);
  return holds_.empty() ? next_index_.load() : std::min(*holds_.begin(), next_index_.load());
}

}  // namespace assay::patients
