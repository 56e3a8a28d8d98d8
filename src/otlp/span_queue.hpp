#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "telemetry/tracer.hpp"

namespace assay::otlp {

struct QueueLimits {
  std::size_t spans = 16'384;               ///< that wait; more are dropped
  std::size_t bytes = 16U << 20U;           ///< of memory, about, that those take
  std::size_t batch_spans = 512;            ///< handed over at once
  std::chrono::milliseconds linger{1'000};  ///< for which the first of a batch waits for more at most
};

/// What became of the spans of a batch.
enum class Fate {
  kExported,
  kRejected,     ///< the receiver does not want them
  kUnreachable,  ///< there was no receiver for too long
  kStopped,      ///< the program stopped before
};

/// What became of all spans, in one moment: taken = queued + queue_full + late + handed_over, and
/// handed_over = in_flight + exported + rejected + unreachable + stopped.
struct SpanCounts {
  std::uint64_t taken = 0;
  std::uint64_t queue_full = 0;  ///< dropped: there was no room
  std::uint64_t late = 0;        ///< dropped: they came after the stop
  std::uint64_t handed_over = 0;
  std::uint64_t exported = 0;
  std::uint64_t rejected = 0;
  std::uint64_t unreachable = 0;
  std::uint64_t stopped = 0;
  std::size_t queued = 0;
  std::size_t in_flight = 0;
};

/// Spans on their way to the exporter, and the account of them. Taken from any thread; batches are for one.
class SpanQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit SpanQueue(const QueueLimits& limits) : limits_(limits) {}

  /// Never waits: what there is no room for is dropped and counted.
  void take(telemetry::FinishedOperation operation);

  /// Waits for the next batch: whole operations, of at most `batch_spans` spans unless a single one has more. Once
  /// stopped what is left without waiting, then nothing.
  std::vector<telemetry::FinishedOperation> next_batch();

  /// So many spans that were handed over ended like that.
  void settle(Fate fate, std::uint64_t spans);

  /// Waits until that moment, or the stop. Whether the moment came.
  bool wait_until(TimePoint moment);

  /// From here on all that comes is dropped.
  void stop();

  SpanCounts counts() const;
  std::size_t capacity() const { return limits_.spans; }

 private:
  struct Entry {
    telemetry::FinishedOperation operation;
    std::size_t bytes;
  };

  bool has_room_for(std::size_t spans, std::size_t bytes) const;

  QueueLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  TimePoint first_came_;
  SpanCounts counts_;
  bool is_stopped_ = false;
};

}  // namespace assay::otlp
