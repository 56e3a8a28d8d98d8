#include "gateway/subscription_index.hpp"

#include <fmt/ranges.h>

#include <cstring>
#include <unordered_map>

namespace assay::gateway {

namespace {

/// A key's hash is random already.
struct FirstBytes {
  std::size_t operator()(const Bytes32& hash) const {
    std::size_t first = 0;
    std::memcpy(&first, hash.data(), sizeof first);
    return first;
  }
};

/// No two snapshots of the program have the same, of whichever index they are.
std::atomic<std::uint64_t> last_version{0};

}  // namespace

struct SubscriptionIndex::Snapshot {
  std::uint64_t version = ++last_version;
  std::unordered_map<Bytes32, Caller, FirstBytes> callers;
};

SubscriptionIndex::SubscriptionIndex() : snapshot_(std::make_shared<Snapshot>()) { version_ = snapshot_->version; }

void SubscriptionIndex::publish(const std::vector<Subscription>& subscriptions, std::uint64_t reading) {
  auto snapshot = std::make_shared<Snapshot>();
  for (const auto& subscription : subscriptions) {
    if (subscription.state != State::kActive) continue;
    const Caller caller{.principal = {.kind = "subscription",
                                      .id = subscription.id.to_string(),
                                      .name = subscription.name,
                                      .on_behalf_of = {},
                                      .purpose_of_use = {},
                                      .scope = fmt::format("{}", fmt::join(subscription.scopes.names(), " "))},
                        .scopes = subscription.scopes};
    for (const auto& key : subscription.keys) snapshot->callers.emplace(key.hash, caller);
  }
  const std::scoped_lock lock(mutex_);
  if (reading <= published_reading_) return;
  published_reading_ = reading;
  snapshot_ = std::move(snapshot);
  version_.store(snapshot_->version, std::memory_order_release);
}

const SubscriptionIndex::Snapshot& SubscriptionIndex::current() const {
  // Each thread holds on to the snapshot that it saw last, so that requests share no counter and no lock.
  thread_local std::shared_ptr<const Snapshot> seen;
  if (!seen || seen->version != version_.load(std::memory_order_acquire)) {
    const std::scoped_lock lock(mutex_);
    seen = snapshot_;
  }
  return *seen;
}

std::optional<Caller> SubscriptionIndex::find(const SensitiveText& key) const {
  const auto& callers = current().callers;
  const auto found = callers.find(hash_key(key.reveal()));
  return found == callers.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace assay::gateway
