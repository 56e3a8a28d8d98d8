#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

#include "base/random.hpp"
#include "otlp/retry.hpp"
#include "otlp/span_queue.hpp"
#include "otlp/trace_message.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace assay::otlp {

/// Sends one request and waits for its answer, but ends soon once `is_given_up`. Throws nothing.
using Transport = std::function<Reply(std::string_view body, const std::function<bool()>& is_given_up)>;

struct ExporterOptions {
  QueueLimits queue = {};
  RetryOptions retry = {};
  std::chrono::milliseconds flush{2'000};  ///< for which a stop goes on sending at most
};

/// Sends finished operations to a receiver of OTLP, one batch after the other, on a thread of its own. A batch is sent
/// again when its answer was lost, so that a receiver may get it twice; it is never split or changed meanwhile.
class Exporter {
 public:
  Exporter(const ExporterOptions& options, Resource resource, Transport transport, Random& random,
           const telemetry::Log& log, telemetry::Metrics& metrics);
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  /// From any thread; never waits for the receiver.
  void take(telemetry::FinishedOperation operation) { queue_->take(std::move(operation)); }

  /// `take` for who may outlive this: what comes then is dropped.
  std::function<void(telemetry::FinishedOperation)> sink() const {
    return [queue = queue_](telemetry::FinishedOperation operation) { queue->take(std::move(operation)); };
  }

  /// Sends what is there, trying nothing twice, and ends the thread. What comes later is dropped.
  void stop();

  SpanCounts counts() const { return queue_->counts(); }

 private:
  void run();
  void deliver(const std::vector<telemetry::FinishedOperation>& batch);
  /// What the receiver said at last, or why it said nothing.
  Reply send_until_answered(std::string_view body);
  void settle(const Reply& reply, std::uint64_t spans);
  void say(Verdict verdict, const Reply& reply);
  bool is_given_up() const;
  double chance();

  ExporterOptions options_;
  Resource resource_;
  Transport transport_;
  Random& random_;
  const telemetry::Log& log_;
  std::shared_ptr<SpanQueue> queue_;  ///< shared with the metrics, which outlive this
  RetrySchedule schedule_;
  Verdict said_ = Verdict::kExported;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<SpanQueue::TimePoint> flush_until_ = SpanQueue::TimePoint::max();
  std::thread thread_;
};

}  // namespace assay::otlp
