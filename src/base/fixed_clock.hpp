#pragma once

#include "base/clock.hpp"

namespace assay {

/// A clock that stands where a test sets it.
class FixedClock final : public Clock {
 public:
  FixedClock() = default;
  explicit FixedClock(Timestamp at) : moment(at) {}

  Timestamp now() const override { return moment; }

  Timestamp moment{std::chrono::seconds(1'764'000'000)};
};

}  // namespace assay
