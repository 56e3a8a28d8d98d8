#pragma once

#include <prometheus/client_metric.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "telemetry/thread_share.hpp"

namespace assay::telemetry {

/// How often values fell between bounds. prometheus-cpp's takes a lock at each value: 67 ns where two threads observe
/// at once, six times what this takes, and a request is observed six times. Safe from any thread.
class Histogram {
 public:
  static constexpr std::size_t kMaximumBounds = 17;

  /// `bounds` in the metric's unit, ascending, at most kMaximumBounds; each is the greatest value of its bucket.
  explicit Histogram(std::vector<double> bounds);

  void observe(double value) {
    auto& share = shares_.at(thread_share());
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    share.counts.at(bucket).fetch_add(1, std::memory_order_relaxed);
    share.sum.fetch_add(value, std::memory_order_relaxed);
  }
  /// In seconds.
  void observe(std::chrono::steady_clock::duration duration) {
    observe(std::chrono::duration<double>(duration).count());
  }

  /// What was observed up to now, without labels.
  prometheus::ClientMetric collect() const;

 private:
  struct alignas(kCacheLine) Share {
    std::array<std::atomic<std::uint64_t>, kMaximumBounds + 1> counts{};
    std::atomic<double> sum{0};
  };

  std::vector<double> bounds_;
  std::array<Share, kThreadShares> shares_;
};

/// Observes how long it lives.
class Stopwatch {
 public:
  explicit Stopwatch(Histogram& histogram) : histogram_(histogram) {}
  ~Stopwatch() { histogram_.observe(std::chrono::steady_clock::now() - begin_); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  Histogram& histogram_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace assay::telemetry
