#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace assay::secrets {

/// How long a token of a vault is good for, and what is to be done about it. Decides without I/O.
class TokenLease {
 public:
  enum class Step {
    kUse,
    kRenew,
    kReplace,  ///< by a new login
  };

  /// A `duration` of zero has no end.
  TokenLease(Timestamp from, std::chrono::seconds duration, bool renewable)
      : from_(from), duration_(duration), renewable_(renewable) {}

  /// Renewing and replacing begin when two thirds are over, so that a vault that is away for a while is no trouble.
  Step step(Timestamp now) const {
    if (duration_.count() == 0 || now < from_ + duration_ * 2 / 3) return Step::kUse;
    return renewable_ && !is_over(now) ? Step::kRenew : Step::kReplace;
  }

  bool is_over(Timestamp now) const { return duration_.count() != 0 && now >= from_ + duration_; }

  /// The lease after a renewal. One that was granted much less nears the most that its vault grants at all, and is to
  /// be replaced next.
  TokenLease renewed(Timestamp now, std::chrono::seconds granted, bool renewable) const {
    return {now, granted, renewable && granted * 2 >= duration_};
  }

 private:
  Timestamp from_;
  std::chrono::seconds duration_;
  bool renewable_;
};

}  // namespace assay::secrets
