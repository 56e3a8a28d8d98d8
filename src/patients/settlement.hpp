#pragma once

#include <optional>
#include <vector>

#include "patients/intents.hpp"
#include "patients/service.hpp"

namespace assay::patients {

/// Finds out how attempts to write ended whose end nobody saw, tells the register, and keeps the mark below which all
/// are settled. One call at a time.
class Settlement {
 public:
  Settlement(Dependencies& dependencies, Intents& intents) : dependencies_(dependencies), intents_(intents) {}

  /// Settles what an earlier run of the program left open; may be called again when it threw. Throws Refusal when
  /// the register lacks records that it had.
  Awaitable<void> settle_earlier_run();

  /// Settles attempts of this run whose record got lost on the way, some seconds after: nothing was done for them.
  Awaitable<void> settle_abandoned();

  /// Makes the mark durable, if it rose.
  Awaitable<void> store_mark();

 private:
  struct Found {
    std::vector<OpenIntent> open;
    std::uint64_t end = 0;  ///< how far the register was read
  };

  /// The attempts at `from` or above that the register has no end of.
  Awaitable<Found> read_open(std::uint64_t from);
  Awaitable<void> tell(std::vector<OpenIntent> intents, const std::vector<bool>& carried_out);
  Awaitable<void> tell_not_done(std::vector<Intents::Abandoned> abandoned);

  Dependencies& dependencies_;
  Intents& intents_;
  std::uint64_t stored_mark_ = 0;
};

}  // namespace assay::patients
