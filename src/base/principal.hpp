#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/signature.hpp"

namespace assay {

/// Who asks: the authenticated caller, and what the caller asserts about the person and the purpose
/// behind the call. Made by the gateway; the services take it from nothing else.
struct Principal {
  std::string kind;  ///< "subscription", "host-key", "operator" or "service" (the audit service by itself)
  std::string id;
  std::string name;
  std::string on_behalf_of;    ///< empty when nothing was asserted
  std::string purpose_of_use;  ///< empty when nothing was asserted
  std::string scope = {};      ///< what it may do, as names with blanks between them (RFC 8693 section 4.2)
  std::string token = {};      ///< the signed form it arrived in, to hand on; empty inside one process

  bool operator==(const Principal&) const = default;

  bool has_scope(std::string_view wanted) const;
};

/// How long a signed principal is taken: long enough for records that wait in a queue.
inline constexpr std::chrono::minutes kPrincipalLifetime{5};

/// The principal as a JWS in compact form with EdDSA (RFC 7515, RFC 8037), bound to the operation.
std::string sign_principal(const Principal& principal, std::string_view operation_id, Timestamp now,
                           const SigningKey& key);

/// A principal as its signature proves it.
struct VerifiedPrincipal {
  Principal principal;
  std::string operation_id;
};

/// Nothing when the token is malformed, signed by another key, or expired at `now`.
std::optional<VerifiedPrincipal> verify_principal(std::string_view token, Timestamp now, const VerifyingKey& key);

}  // namespace assay
