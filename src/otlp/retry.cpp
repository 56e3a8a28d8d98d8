#include "otlp/retry.hpp"

#include <algorithm>

namespace assay::otlp {

Verdict judge(const Reply& reply) {
  if (!reply.status) return Verdict::kRetry;
  switch (*reply.status) {
    case 429:
    case 502:
    case 503:
    case 504:
      return Verdict::kRetry;
    default:
      return *reply.status >= 200 && *reply.status < 300 ? Verdict::kExported : Verdict::kRejected;
  }
}

void RetrySchedule::note_failure(TimePoint now, std::optional<std::chrono::seconds> retry_after, double chance) {
  constexpr unsigned kMostDoublings = 16;
  const auto doubled = options_.first_pause * (1U << std::min(failures_, kMostDoublings));
  const auto pause =
      std::chrono::duration<double>(std::min<std::chrono::milliseconds>(doubled, options_.longest_pause));
  ++failures_;
  next_ = now + std::chrono::duration_cast<TimePoint::duration>(pause * ((1 + chance) / 2));
  if (retry_after) next_ = std::max(next_, now + std::min(*retry_after, options_.longest_wish));
}

}  // namespace assay::otlp
