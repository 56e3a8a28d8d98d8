#pragma once

#include <chrono>
#include <cstdint>

#include "audit/store.hpp"
#include "base/random.hpp"

namespace assay::audit {

/// Erases the records that are older than they are to be kept, as the service itself. One call at a time.
class Retention {
 public:
  /// Records are kept for `age`; the store must outlive it.
  Retention(Store& store, const Clock& clock, Random& random, std::chrono::days age)
      : store_(store), clock_(clock), random_(random), age_(age) {}

  /// Erases one batch; returns whether there may be more. Throws Unavailable and the like when it can't now.
  Awaitable<bool> erase_some();

 private:
  Store& store_;
  const Clock& clock_;
  Random& random_;
  std::chrono::days age_;
  std::uint64_t from_ = 0;  ///< what is older and was to be erased has been, below
};

}  // namespace assay::audit
