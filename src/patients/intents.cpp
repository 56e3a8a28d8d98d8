#include "patients/intents.hpp"

#include <algorithm>

namespace assay::patients {

Intents::Ticket Intents::begin() {
  const std::lock_guard lock(mutex_);
  Ticket ticket;
  ticket.hold_ = holds_.insert(next_index_);
  return ticket;
}

void Intents::place(Ticket& ticket, std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  holds_.erase(ticket.hold_);
  ticket.hold_ = holds_.insert(index);
  next_index_ = std::max(next_index_, index + 1);
}

void Intents::settle(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  holds_.erase(ticket.hold_);
}

void Intents::abandon(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  lowest_abandoned_ = std::min(lowest_abandoned_, *ticket.hold_);
  holds_.erase(ticket.hold_);
}

void Intents::resume_from(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  next_index_ = std::max(next_index_, index);
}

std::uint64_t Intents::settled_below() const {
  const std::lock_guard lock(mutex_);
  const auto lowest_open = holds_.empty() ? next_index_ : *holds_.begin();
  return std::min(lowest_open, lowest_abandoned_);
}

}  // namespace assay::patients
