#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/principal.hpp"
#include "base/sensitive.hpp"
#include "gateway/subscription.hpp"

namespace assay::gateway {

/// Whom a key stands for.
struct Caller {
  Principal principal;
  Scopes scopes;
};

/// The active subscriptions by the hashes of their keys. Read by every request on every thread, without a lock
/// unless something has changed; safe from any thread.
class SubscriptionIndex {
 public:
  SubscriptionIndex();

  /// To be taken before the subscriptions are read from the store: tells which of two readings is the newer.
  std::uint64_t begin_reading() { return ++readings_; }
  /// Puts a reading in the place of the former, unless a newer one is there already.
  void publish(const std::vector<Subscription>& subscriptions, std::uint64_t reading);

  /// The caller whose key it is; nothing for an unknown key or one of a suspended subscription.
  std::optional<Caller> find(const SensitiveText& key) const;

 private:
  struct Snapshot;

  const Snapshot& current() const;

  std::atomic<std::uint64_t> readings_{0};
  std::atomic<std::uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::uint64_t published_reading_ = 0;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace assay::gateway
