#pragma once

#include <atomic>
#include <cstddef>

namespace assay::telemetry {

/// Into so many shares what threads count is divided, each on cache lines of its own: two threads that count the same
/// thing don't wait for each other, as they would at one number.
inline constexpr std::size_t kThreadShares = 8;
inline constexpr std::size_t kCacheLine = 64;

/// The share of the calling thread; the same for as long as it lives.
inline std::size_t thread_share() {
  static std::atomic<std::size_t> threads{0};
  thread_local const std::size_t kShare = threads.fetch_add(1, std::memory_order_relaxed) % kThreadShares;
  return kShare;
}

}  // namespace assay::telemetry
