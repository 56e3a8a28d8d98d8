#include "secrets/host_key.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "secrets/credential.hpp"

namespace assay::secrets {

namespace {

std::string_view text_of(const Bytes32& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

http::Response unauthorized(std::string detail, bool as_problem_details) {
  auto response =
      http::answer({.status = 401, .detail = std::move(detail)}, http::ErrorForm::kService, as_problem_details);
  response.headers.add("WWW-Authenticate",
                       fmt::format(R"(HostKey realm="Assay",name="{}",type="header")", kHostKeyHeader));
  return response;
}

}  // namespace

HostKeyGuard::HostKeyGuard(std::vector<HostKey> keys, VerifyingKey principal_key, const Clock& clock,
                           http::Handler inner)
    : keys_(std::move(keys)), principal_key_(principal_key), clock_(clock), inner_(std::move(inner)) {}

const HostKey* HostKeyGuard::find(const SensitiveText& key) const {
  const auto hash = sha256(key.reveal());
  const HostKey* found = nullptr;
  // No early end: how long it takes must not tell which key was tried.
  for (const auto& each : keys_) {
    if (equal_in_constant_time(text_of(each.verifier), text_of(hash))) found = &each;
  }
  return found;
}

std::optional<Principal> HostKeyGuard::take_principal(http::Request& request, const HostKey& host_key) const {
  const auto tokens = request.headers.count(kPrincipalHeader);
  if (tokens == 0) {
    return Principal{
        .kind = "host-key", .id = host_key.name, .name = host_key.name, .on_behalf_of = {}, .purpose_of_use = {}};
  }
  const std::string token(*request.headers.find(kPrincipalHeader));
  request.headers.remove(kPrincipalHeader);
  auto verified = verify_principal(token, clock_.now(), principal_key_);
  // Bound to its operation, so that a token seen once doesn't open another.
  if (tokens > 1 || !verified || verified->operation_id != request.context.trace.operation_id()) return std::nullopt;
  verified->principal.token = token;
  return std::move(verified->principal);
}

Awaitable<http::Response> HostKeyGuard::handle(http::Request request) const {
  const bool as_problem_details = http::wants_problem_details(request.headers);
  const auto credential = take_credential(request, kHostKeyHeader, kHostKeyParameter);
  const auto* host_key = credential.ambiguous || credential.text.empty() ? nullptr : find(credential.text);
  if (host_key == nullptr) {
    co_return unauthorized("Access denied: a valid host key is needed.", as_problem_details);
  }
  auto principal = take_principal(request, *host_key);
  if (!principal) co_return unauthorized("Access denied: the principal is not valid.", as_problem_details);
  request.context.host_key = host_key->name;
  request.context.principal = std::move(principal);
  co_return co_await inner_(std::move(request));
}

HostKeySender::HostKeySender(SensitiveText host_key, const SigningKey* principal_key, const Clock& clock,
                             http::Handler next)
    : host_key_(std::move(host_key)), principal_key_(principal_key), clock_(clock), next_(std::move(next)) {}

Awaitable<http::Response> HostKeySender::handle(http::Request request) const {
  // A client's own `code` is a parameter like any other to it, but would be a second key to the guard.
  take_credential(request, kHostKeyHeader, kHostKeyParameter);
  request.headers.add(kHostKeyHeader, host_key_.reveal());
  request.headers.remove(kPrincipalHeader);
  if (principal_key_ != nullptr && request.context.principal) {
    const auto operation_id = request.context.trace.operation_id();
    request.headers.add(kPrincipalHeader,
                        sign_principal(*request.context.principal, operation_id, clock_.now(), *principal_key_));
  }
  co_return co_await next_(std::move(request));
}

}  // namespace assay::secrets
