#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace assay::sqlite {

/// How long the disk's free space lasts if it shrinks as it did in the last six hours. For one thread.
class DiskForecast {
 public:
  using Clock = std::chrono::steady_clock;

  /// The free space at `now`, in bytes, as often as one likes. Returns the seconds that it lasts: infinite while it
  /// doesn't shrink, and as long as less than ten minutes are known.
  double note(Clock::time_point now, std::uintmax_t free_bytes);

 private:
  struct Sample {
    Clock::time_point moment;
    std::uintmax_t free_bytes = 0;
  };

  std::deque<Sample> samples_;  ///< one a minute
};

}  // namespace assay::sqlite
