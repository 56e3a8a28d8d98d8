#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "telemetry/thread_share.hpp"

namespace assay::telemetry {

/// How many there are just now of what begins and ends often, such as requests. Safe from any thread.
class Tally {
 public:
  void add(std::int64_t count) { shares_.at(thread_share()).count.fetch_add(count, std::memory_order_relaxed); }

  std::int64_t sum() const {
    std::int64_t total = 0;
    for (const auto& share : shares_) total += share.count.load(std::memory_order_relaxed);
    return total;
  }

 private:
  struct alignas(kCacheLine) Share {
    std::atomic<std::int64_t> count{0};
  };

  std::array<Share, kThreadShares> shares_;
};

/// One of a tally, for as long as it lives.
class Tallied {
 public:
  explicit Tallied(Tally& tally) : tally_(tally) { tally_.add(1); }
  ~Tallied() { tally_.add(-1); }
  Tallied(const Tallied&) = delete;
  Tallied& operator=(const Tallied&) = delete;

 private:
  Tally& tally_;
};

}  // namespace assay::telemetry
