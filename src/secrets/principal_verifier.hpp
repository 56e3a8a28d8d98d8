#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/async.hpp"
#include "base/principal.hpp"
#include "secrets/accepted_keys.hpp"

namespace assay::secrets {

/// Looks for newer keys; see Cache::look_again.
using LookAgain = std::function<Awaitable<void>()>;

/// Verifies what the gateway signed, by each of its keys that count. Safe from any I/O thread.
class PrincipalVerifier {
 public:
  PrincipalVerifier(std::shared_ptr<AcceptedKeys> keys, LookAgain look_again)
      : keys_(std::move(keys)), look_again_(std::move(look_again)) {}

  /// Nothing when the token is malformed, signed by no accepted key, or expired at `now`.
  std::optional<VerifiedPrincipal> verify(std::string_view token, Timestamp now) const {
    std::optional<VerifiedPrincipal> verified;
    // Asked of accepted keys alone.
    keys_->use([&](const Bytes32& key) {
      if (verified) return false;
      verified = verify_principal(token, now, VerifyingKey{key});
      return verified.has_value();
    });
    return verified;
  }

  /// For a token that didn't verify: its key may be newer than those known. Then it may be tried once more.
  Awaitable<void> look_again() const { return look_again_(); }

 private:
  std::shared_ptr<AcceptedKeys> keys_;
  LookAgain look_again_;
};

}  // namespace assay::secrets
