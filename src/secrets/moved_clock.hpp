#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace assay::secrets {

/// A clock that stands until the test moves it.
class MovedClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
};

}  // namespace assay::secrets
