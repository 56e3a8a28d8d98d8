#pragma once

#include <expected>

#include "gateway/subscription_index.hpp"
#include "http/message.hpp"
#include "telemetry/metrics.hpp"

namespace assay::gateway {

inline constexpr std::string_view kKeyHeader = "Ocp-Apim-Subscription-Key";
inline constexpr std::string_view kKeyParameter = "subscription-key";

/// Finds out who asks, by the subscription key. Safe from any thread.
class Authenticator {
 public:
  Authenticator(const SubscriptionIndex& subscriptions, telemetry::Metrics& metrics);

  /// The caller, or the answer 401. Afterwards the request bears no key.
  std::expected<Caller, http::Response> authenticate(http::Request& request) const;

 private:
  const SubscriptionIndex& subscriptions_;
  telemetry::Counter& missing_keys_;
  telemetry::Counter& invalid_keys_;
};

/// Requests that the gateway refused, by reason; of bounded cardinality.
telemetry::Counter& count_refusals(telemetry::Metrics& metrics, const std::string& reason);

}  // namespace assay::gateway
