#pragma once

#include <chrono>

namespace assay {

/// Lets something happen at most once in an interval. Not safe for several threads at once.
class Occasional {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Occasional(std::chrono::milliseconds interval) : interval_(interval) {}

  /// Whether it may happen at `now`; then not again until the interval is over.
  bool take_turn(TimePoint now) {
    if (now < next_) return false;
    next_ = now + interval_;
    return true;
  }

 private:
  std::chrono::milliseconds interval_;
  TimePoint next_ = TimePoint::min();
};

}  // namespace assay
