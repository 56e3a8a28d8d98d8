#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace assay::otlp {

/// What came of one attempt to send a batch.
struct Reply {
  std::optional<int> status;         ///< none: there was no whole answer
  std::uint64_t rejected_spans = 0;  ///< of an answer 200
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  std::string reason = {};  ///< for the log: why there was no answer
};

enum class Verdict { kExported, kRejected, kRetry };

/// By the OTLP specification: 429, 502, 503 and 504 are tried again, as is what was not answered; the rest is not.
Verdict judge(const Reply& reply);

struct RetryOptions {
  std::chrono::milliseconds first_pause{500};
  std::chrono::milliseconds longest_pause{8'000};
  std::chrono::seconds longest_wish{300};  ///< of a receiver's Retry-After
  std::chrono::seconds patience{60};       ///< for which the same batch is tried
};

/// When to send next: pauses that double with each failure, or as long as the receiver wants. They go on from one
/// batch to the next, so that a receiver that is away is asked seldom.
class RetrySchedule {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit RetrySchedule(const RetryOptions& options) : options_(options) {}

  void begin_batch(TimePoint now) { give_up_at_ = now + options_.patience; }
  /// `chance`, from 0 to 1, spreads those who failed together: the pause lasts from a half of itself to the whole.
  void note_failure(TimePoint now, std::optional<std::chrono::seconds> retry_after, double chance);
  void note_answer() { failures_ = 0; }

  /// Nothing is sent before.
  TimePoint next() const { return next_; }
  /// Whether the batch is to be dropped rather than to wait for its next turn.
  bool is_hopeless() const { return next_ >= give_up_at_; }

 private:
  RetryOptions options_;
  unsigned failures_ = 0;
  TimePoint next_ = TimePoint::min();
  TimePoint give_up_at_ = TimePoint::max();
};

}  // namespace assay::otlp
