#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/principal.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "http/answer.hpp"
#include "http/message.hpp"

namespace assay::secrets {

/// The header in which the gateway hands on who asks, signed.
inline constexpr std::string_view kPrincipalHeader = "Assay-Principal";
/// The header and the query parameter in which a host key comes.
inline constexpr std::string_view kHostKeyHeader = "x-functions-key";
inline constexpr std::string_view kHostKeyParameter = "code";

struct HostKey {
  std::string name;
  Bytes32 verifier{};  ///< SHA-256 of the key
};

/// The door of a service that listens on a socket: lets in requests that bear one of the host keys, sets
/// `context.host_key` and `context.principal` (the signed principal, or the host key itself as
/// kind "host-key" when there is none), and removes key and principal from the request. Others get 401 with
/// WWW-Authenticate; so does a key or principal that comes twice, and a principal that doesn't verify or was
/// signed for another operation than the request's.
class HostKeyGuard {
 public:
  HostKeyGuard(std::vector<HostKey> keys, VerifyingKey principal_key, const Clock& clock, http::Handler inner);

  Awaitable<http::Response> handle(http::Request request) const;

 private:
  const HostKey* find(const SensitiveText& key) const;
  std::optional<Principal> take_principal(http::Request& request, const HostKey& host_key) const;

  std::vector<HostKey> keys_;
  VerifyingKey principal_key_;
  const Clock& clock_;
  http::Handler inner_;
};

/// The other side: a handler that adds the host key to each request before `next` sends it, and, with a signing
/// key, the request's principal, signed for its operation.
class HostKeySender {
 public:
  HostKeySender(SensitiveText host_key, const SigningKey* principal_key, const Clock& clock, http::Handler next);

  Awaitable<http::Response> handle(http::Request request) const;

 private:
  SensitiveText host_key_;
  const SigningKey* principal_key_;
  const Clock& clock_;
  http::Handler next_;
};

}  // namespace assay::secrets
