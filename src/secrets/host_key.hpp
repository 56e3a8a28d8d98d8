#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/current.hpp"
#include "base/principal.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "http/answer.hpp"
#include "http/message.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/principal_verifier.hpp"
#include "secrets/provider.hpp"
#include "secrets/signing_keys.hpp"

namespace assay::secrets {

/// The header in which the gateway hands on who asks, signed.
inline constexpr std::string_view kPrincipalHeader = "Assay-Principal";
/// The header and the query parameter in which a host key comes.
inline constexpr std::string_view kHostKeyHeader = "x-functions-key";
inline constexpr std::string_view kHostKeyParameter = "code";

struct HostKey {
  std::string name;
  std::shared_ptr<AcceptedKeys> accepted;  ///< SHA-256 of each of its versions that count
};

/// The door of a service that listens on a socket: lets in requests that bear one of the host keys, sets
/// `context.host_key` and `context.principal` (the signed principal, or the host key itself as
/// kind "host-key" when there is none), and removes key and principal from the request. Others get 401 with
/// WWW-Authenticate, which says what was wrong; so does a key or principal that comes twice, and a principal that
/// doesn't verify or was signed for another operation than the request's. What is not known is looked for once more
/// before it is refused: it may be newer than what is known here.
class HostKeyGuard {
 public:
  HostKeyGuard(std::vector<HostKey> keys, PrincipalVerifier principals, const Clock& clock, http::Handler inner);

  Awaitable<http::Response> handle(http::Request request) const;

 private:
  const HostKey* find(const SensitiveText& key) const;
  Awaitable<const HostKey*> look_for(SensitiveText key) const;
  Awaitable<std::optional<Principal>> find_principal(std::string token, std::string operation_id) const;

  std::vector<HostKey> keys_;
  PrincipalVerifier principals_;
  const Clock& clock_;
  http::Handler inner_;
};

/// The other side: a handler that adds the host key to each request before `next` sends it, and, with signing
/// keys, the request's principal, signed for its operation. Where the door doesn't know the newest key yet, the one
/// before is tried; where it knows none any more, a newer one is looked for. Nothing was done of a request that was
/// refused there. The request's span says which versions were used.
class HostKeySender {
 public:
  struct Keys {
    std::string host_key_name;
    std::shared_ptr<const Current<Secret>> host_key;
    std::shared_ptr<const Current<SigningKeys>> principal_keys;  ///< may be null
    LookAgain look_again;
  };

  HostKeySender(Keys keys, const Clock& clock, http::Handler next);

  Awaitable<http::Response> handle(http::Request request) const;

 private:
  struct Attempt;

  Attempt first_attempt() const;
  /// Sends it with one version after the other until it is not refused for that; else the last refusal.
  Awaitable<http::Response> try_versions(const http::Request* request, Attempt attempt) const;
  Awaitable<http::Response> send(http::Request request, const Attempt* attempt) const;

  Keys keys_;
  const Clock& clock_;
  http::Handler next_;
};

}  // namespace assay::secrets
