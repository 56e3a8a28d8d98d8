#pragma once

#include <cstdint>
#include <limits>
#include <mutex>
#include <set>

namespace assay::patients {

/// Which attempts to write are still open, and so below which index of the audit register all are settled.
/// Several threads' attempts are recorded at once, and learn their indexes in any order: an attempt that was
/// handed to the register holds the mark from its beginning on, where no index could have been given yet.
/// Safe from any thread.
class Intents {
 public:
  /// An attempt that holds the mark; to be settled once, or abandoned.
  class Ticket {
    friend class Intents;
    std::multiset<std::uint64_t>::iterator hold_;
  };

  /// An attempt is about to be handed to the register.
  Ticket begin();

  /// The register gave the attempt its index.
  void place(Ticket& ticket, std::uint64_t index);

  /// The attempt was carried out, or its other end is durable.
  void settle(Ticket ticket);

  /// Nobody knows whether the register has the attempt: the mark stays there until the next start finds out.
  void abandon(Ticket ticket);

  /// All attempts below are settled, as the store has it from an earlier run.
  void resume_from(std::uint64_t index);

  /// The mark: every attempt below this index is settled.
  std::uint64_t settled_below() const;

 private:
  mutable std::mutex mutex_;
  std::multiset<std::uint64_t> holds_;
  std::uint64_t next_index_ = 0;  ///< one above the highest index seen
  std::uint64_t lowest_abandoned_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace assay::patients
