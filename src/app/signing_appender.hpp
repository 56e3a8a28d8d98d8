#pragma once

#include "audit/store.hpp"
#include "base/clock.hpp"
#include "base/signature.hpp"

namespace assay::app {

/// Signs the actors of the gateway's own records, so that an audit service of another process can take them.
/// Actors that bring a token keep it.
class SigningAppender final : public audit::Appender {
 public:
  /// All three must outlive it.
  SigningAppender(audit::Appender& next, const SigningKey& principal_key, const Clock& clock)
      : next_(next), principal_key_(principal_key), clock_(clock) {}

  Awaitable<Result<std::vector<audit::Appended>>> append(std::vector<audit::NewRecord> records) override;

 private:
  audit::Appender& next_;
  const SigningKey& principal_key_;
  const Clock& clock_;
};

}  // namespace assay::app
