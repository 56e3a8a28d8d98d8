#pragma once

#include "audit/store.hpp"
#include "base/clock.hpp"
#include "base/current.hpp"
#include "secrets/host_key.hpp"

namespace assay::app {

/// Signs the actors of the gateway's own records, so that an audit service of another process can take them.
/// Actors that bring a token keep it.
class SigningAppender final : public audit::Appender {
 public:
  /// `next` and `clock` must outlive it.
  SigningAppender(audit::Appender& next, std::shared_ptr<const Current<secrets::SigningKeys>> principal_keys,
                  const Clock& clock)
      : next_(next), principal_keys_(std::move(principal_keys)), clock_(clock) {}

  Awaitable<Result<std::vector<audit::Appended>>> append(std::vector<audit::NewRecord> records,
                                                         telemetry::SpanPlace under) override;

 private:
  audit::Appender& next_;
  std::shared_ptr<const Current<secrets::SigningKeys>> principal_keys_;
  const Clock& clock_;
};

}  // namespace assay::app
