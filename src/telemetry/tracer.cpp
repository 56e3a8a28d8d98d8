#include "telemetry/tracer.hpp"

#include <algorithm>
#include <utility>

namespace assay::telemetry {

namespace {

/// Decided by the trace's id alone, so that all who know the ratio decide alike. The id's last seven bytes are the ones
/// that W3C Trace Context (Level 2) lets be random for this.
bool is_below(double ratio, const TraceId& trace_id) {
  constexpr double kRange = static_cast<double>(std::uint64_t{1} << 56U);
  std::uint64_t random = 0;
  for (std::size_t i = 9; i < trace_id.size(); ++i) random = (random << 8U) | trace_id.at(i);
  return static_cast<double>(random) < ratio * kRange;
}

}  // namespace

TraceContext Tracer::enter(const std::optional<TraceContext>& caller, Random& random) const {
  if (caller) return caller->child(random);
  auto context = TraceContext::begin(random);
  context.set_sampled(is_below(options_.sampling_ratio, context.trace_id));
  return context;
}

std::vector<FinishedOperation> Tracer::find(const TraceId& trace_id) const {
  const std::scoped_lock lock(mutex_);
  std::vector<FinishedOperation> found;
  for (const auto* kept : {&notable_, &recent_}) {
    for (const auto& operation : *kept) {
      if (operation->trace_id == trace_id && std::ranges::find(found, operation) == found.end()) {
        found.push_back(operation);
      }
    }
  }
  return found;
}

void Tracer::take(FinishedOperation operation) {
  const bool is_kept_longer = is_notable(*operation);
  if (sink_ && (operation->is_sampled || is_kept_longer)) sink_(operation);
  // Freed after the lock is given back.
  FinishedOperation oldest;
  FinishedOperation oldest_notable;
  const auto push = [&operation](auto& queue, std::size_t limit, auto& gone) {
    queue.push_back(operation);
    if (queue.size() <= limit) return;
    gone = std::move(queue.front());
    queue.pop_front();
  };
  const std::scoped_lock lock(mutex_);
  if (is_kept_longer) push(notable_, options_.notable, oldest_notable);
  push(recent_, options_.recent, oldest);
}

bool Tracer::is_notable(const OperationRecord& operation) const {
  return std::ranges::any_of(operation.spans, [this](const SpanRecord& span) {
    return span.is_error || span.end - span.start >= options_.slow_after;
  });
}

}  // namespace assay::telemetry
