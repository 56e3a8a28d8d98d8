#include "otlp/span_queue.hpp"

#include <string_view>
#include <utility>
#include <variant>

namespace assay::otlp {

namespace {

std::size_t memory_of(const telemetry::OperationRecord& operation) {
  auto bytes = sizeof(telemetry::OperationRecord) + (operation.spans.size() * sizeof(telemetry::SpanRecord));
  for (const auto& span : operation.spans) {
    bytes += span.name.size();
    for (const auto& [name, value] : span.attributes) {
      const auto* text = std::get_if<std::string_view>(&value);
      bytes += sizeof(telemetry::Attribute) + (text != nullptr ? text->size() : 0);
    }
  }
  return bytes;
}

}  // namespace

bool SpanQueue::has_room_for(std::size_t spans, std::size_t bytes) const {
  return counts_.queued + spans <= limits_.spans && bytes_ + bytes <= limits_.bytes;
}

void SpanQueue::take(telemetry::FinishedOperation operation) {
  const auto spans = operation->spans.size();
  const auto bytes = memory_of(*operation);
  bool wakes = false;
  {
    const std::scoped_lock lock(mutex_);
    counts_.taken += spans;
    if (is_stopped_) {
      counts_.late += spans;
    } else if (!has_room_for(spans, bytes)) {
      counts_.queue_full += spans;
    } else {
      if (entries_.empty()) first_came_ = std::chrono::steady_clock::now();
      const auto before = counts_.queued;
      counts_.queued += spans;
      wakes = entries_.empty() || (before < limits_.batch_spans && counts_.queued >= limits_.batch_spans);
      bytes_ += bytes;
      entries_.push_back({.operation = std::move(operation), .bytes = bytes});
    }
  }
  if (wakes) changed_.notify_one();
}

std::vector<telemetry::FinishedOperation> SpanQueue::next_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stopped_ || !entries_.empty(); });
  changed_.wait_until(lock, first_came_ + limits_.linger,
                      [this] { return is_stopped_ || counts_.queued >= limits_.batch_spans; });
  std::vector<telemetry::FinishedOperation> batch;
  std::size_t spans = 0;
  while (!entries_.empty()) {
    const auto more = entries_.front().operation->spans.size();
    if (!batch.empty() && spans + more > limits_.batch_spans) break;
    spans += more;
    bytes_ -= entries_.front().bytes;
    batch.push_back(std::move(entries_.front().operation));
    entries_.pop_front();
  }
  first_came_ = std::chrono::steady_clock::now();
  counts_.queued -= spans;
  counts_.in_flight += spans;
  counts_.handed_over += spans;
  return batch;
}

void SpanQueue::settle(Fate fate, std::uint64_t spans) {
  const std::scoped_lock lock(mutex_);
  counts_.in_flight -= spans;
  switch (fate) {
    case Fate::kExported:
      counts_.exported += spans;
      break;
    case Fate::kRejected:
      counts_.rejected += spans;
      break;
    case Fate::kUnreachable:
      counts_.unreachable += spans;
      break;
    case Fate::kStopped:
      counts_.stopped += spans;
      break;
  }
}

bool SpanQueue::wait_until(TimePoint moment) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_until(lock, moment, [this] { return is_stopped_; });
}

void SpanQueue::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
}

SpanCounts SpanQueue::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

}  // namespace assay::otlp
