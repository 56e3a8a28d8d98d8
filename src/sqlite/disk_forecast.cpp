#include "sqlite/disk_forecast.hpp"

#include <limits>

namespace assay::sqlite {

namespace {

constexpr std::chrono::minutes kBetweenSamples{1};
constexpr std::chrono::minutes kShortest{10};
constexpr std::chrono::hours kLongest{6};

}  // namespace

double DiskForecast::note(Clock::time_point now, std::uintmax_t free_bytes) {
  if (samples_.empty() || now - samples_.back().moment >= kBetweenSamples) samples_.push_back({now, free_bytes});
  while (now - samples_.front().moment > kLongest) samples_.pop_front();
  const auto& first = samples_.front();
  const auto known = now - first.moment;
  if (known < kShortest || free_bytes >= first.free_bytes) return std::numeric_limits<double>::infinity();
  const auto bytes_a_second =
      static_cast<double>(first.free_bytes - free_bytes) / std::chrono::duration<double>(known).count();
  return static_cast<double>(free_bytes) / bytes_a_second;
}

}  // namespace assay::sqlite
