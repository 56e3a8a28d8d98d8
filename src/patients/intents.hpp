#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

#include "patients/access_log.hpp"

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

  /// An attempt whose end the register may not have.
  struct Abandoned {
    Ticket ticket;
    End end;
    bool is_recorded = true;  ///< whether it has the attempt, or may not have that either
  };

  /// An attempt is about to be handed to the register.
  Ticket begin();

  /// The register gave the attempt its index.
  void place(Ticket& ticket, std::uint64_t index);

  /// The register gave a record of an attempt to read this index.
  void pass(std::uint64_t index);

  /// The attempt was carried out, or its other end is durable.
  void settle(Ticket ticket);

  /// The mark stays at the attempt until somebody finds out about it and settles it.
  void abandon(Abandoned attempt);

  /// Takes the abandoned ones; they go on holding the mark.
  std::vector<Abandoned> take_abandoned();

  /// All attempts below are settled, as an earlier run left it.
  void resume_from(std::uint64_t index);

  /// The mark: every attempt below this index is settled.
  std::uint64_t settled_below() const;

 private:
  mutable std::mutex mutex_;
  std::multiset<std::uint64_t> holds_;
  std::vector<Abandoned> abandoned_;
  std::atomic<std::uint64_t> next_index_{0};  ///< one above the highest index seen
};

}  // namespace assay::patients
