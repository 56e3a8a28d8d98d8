#include "telemetry/tracer.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace assay::telemetry {

std::vector<SpanRecord> Tracer::find(const TraceId& trace_id) const {
  const std::scoped_lock lock(mutex_);
  std::vector<SpanRecord> spans;
  std::set<const FinishedOperation*> taken;
  for (const auto* kept : {&notable_, &recent_}) {
    for (const auto& operation : *kept) {
      if (operation->trace_id != trace_id || !taken.insert(operation.get()).second) continue;
      spans.insert(spans.end(), operation->spans.begin(), operation->spans.end());
    }
  }
  return spans;
}

void Tracer::take(FinishedOperation operation) {
  const auto kept = std::make_shared<const FinishedOperation>(std::move(operation));
  // Freed after the lock is given back.
  std::shared_ptr<const FinishedOperation> oldest;
  std::shared_ptr<const FinishedOperation> oldest_notable;
  const bool is_kept_longer = is_notable(*kept);
  const auto push = [&kept](auto& queue, std::size_t limit, auto& gone) {
    queue.push_back(kept);
    if (queue.size() <= limit) return;
    gone = std::move(queue.front());
    queue.pop_front();
  };
  const std::scoped_lock lock(mutex_);
  push(recent_, limits_.recent, oldest);
  if (is_kept_longer) push(notable_, limits_.notable, oldest_notable);
}

bool Tracer::is_notable(const FinishedOperation& operation) const {
  return std::ranges::any_of(operation.spans, [this](const SpanRecord& span) {
    return span.is_error || span.end - span.start >= limits_.slow_after;
  });
}

}  // namespace assay::telemetry
