#pragma once

#include <cstdint>
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

  /// Asks the register whether it answers, and tells it again of attempts of this run whose record or end may have got
  /// lost on the way. Throws Refusal when it lacks records that it had.
  Awaitable<void> look_at_register();

  /// Makes the mark durable, if it rose.
  Awaitable<void> store_mark();

 private:
  /// What is to be told of an earlier run. Kept until it is done, so that what is told again is recognised.
  struct Plan {
    std::vector<End> ends;
    std::uint64_t register_size = 0;
  };

  Awaitable<Plan> make_plan();
  Awaitable<void> settle_abandoned();
  Awaitable<void> tell_again(Intents::Abandoned abandoned);

  Dependencies& dependencies_;
  Intents& intents_;
  std::optional<Plan> plan_;
  std::uint64_t stored_mark_ = 0;
};

}  // namespace assay::patients
