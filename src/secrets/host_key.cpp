#include "secrets/host_key.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "secrets/credential.hpp"

namespace assay::secrets {

namespace {

constexpr std::string_view kInvalidHostKey = "invalid_host_key";
constexpr std::string_view kInvalidPrincipal = "invalid_principal";

std::string_view text_of(const Bytes32& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

http::Response unauthorized(std::string detail, std::string_view error, bool as_problem_details) {
  auto response =
      http::answer({.status = 401, .detail = std::move(detail)}, http::ErrorForm::kService, as_problem_details);
  response.headers.add("WWW-Authenticate", fmt::format(R"(HostKey realm="Assay",name="{}",type="header",error="{}")",
                                                       kHostKeyHeader, error));
  return response;
}

/// All that came, so that a second one is noticed.
std::vector<std::string> take_tokens(http::Request& request) {
  std::vector<std::string> tokens;
  if (const auto token = request.headers.find(kPrincipalHeader)) {
    tokens.assign(request.headers.count(kPrincipalHeader), std::string(*token));
  }
  request.headers.remove(kPrincipalHeader);
  return tokens;
}

/// Who asks where nobody says so.
Principal principal_of(const HostKey& key) {
  return {.kind = "host-key", .id = key.name, .name = key.name, .on_behalf_of = {}, .purpose_of_use = {}};
}

bool was_refused_for(const http::Response& response, std::string_view error) {
  if (response.status != 401) return false;
  const auto challenge = response.headers.find("WWW-Authenticate");
  return challenge && challenge->ends_with(fmt::format("error=\"{}\"", error));
}

}  // namespace

HostKeyGuard::HostKeyGuard(std::vector<HostKey> keys, PrincipalVerifier principals, const Clock& clock,
                           http::Handler inner)
    : keys_(std::move(keys)), principals_(std::move(principals)), clock_(clock), inner_(std::move(inner)) {}

const HostKey* HostKeyGuard::find(const SensitiveText& key) const {
  const auto hash = sha256(key.reveal());
  const auto matches = [&hash](const Bytes32& one) { return equal_in_constant_time(text_of(one), text_of(hash)); };
  const HostKey* found = nullptr;
  // No early end: how long it takes must not tell which key was tried.
  for (const auto& each : keys_) {
    if (each.accepted->use(matches)) found = &each;
  }
  return found;
}

Awaitable<const HostKey*> HostKeyGuard::look_for(SensitiveText key) const {
  if (const auto* found = find(key)) co_return found;
  co_await principals_.look_again();
  co_return find(key);
}

Awaitable<std::optional<Principal>> HostKeyGuard::find_principal(std::string token, std::string operation_id) const {
  auto verified = principals_.verify(token, clock_.now());
  if (!verified) {
    co_await principals_.look_again();
    verified = principals_.verify(token, clock_.now());
  }
  // Bound to its operation, so that a token seen once doesn't open another.
  if (!verified || verified->operation_id != operation_id) co_return std::nullopt;
  verified->principal.token = std::move(token);
  co_return std::move(verified->principal);
}

Awaitable<http::Response> HostKeyGuard::handle(http::Request request) const {
  const bool as_problem_details = http::wants_problem_details(request.headers);
  auto credential = take_credential(request, kHostKeyHeader, kHostKeyParameter);
  const HostKey* host_key = nullptr;
  if (!credential.ambiguous && !credential.text.empty()) host_key = co_await look_for(std::move(credential.text));
  if (host_key == nullptr) {
    co_return unauthorized("Access denied: a valid host key is needed.", kInvalidHostKey, as_problem_details);
  }
  request.context.host_key = host_key->name;
  const auto tokens = take_tokens(request);
  if (tokens.empty()) {
    request.context.principal = principal_of(*host_key);
  } else if (tokens.size() == 1) {
    request.context.principal = co_await find_principal(tokens.front(), request.context.trace.operation_id());
  }
  if (!request.context.principal) {
    co_return unauthorized("Access denied: the principal is not valid.", kInvalidPrincipal, as_problem_details);
  }
  co_return co_await inner_(std::move(request));
}

/// The versions that are known, and how far back a request has gone in each.
struct HostKeySender::Attempt {
  std::shared_ptr<const Secret> host_key;
  std::shared_ptr<const SigningKeys> principal;  ///< may be null
  std::size_t host_key_version = 0;
  std::size_t principal_version = 0;

  /// To the version before the one that the answer says is not known there; false when it says no such thing or
  /// there is none.
  bool fall_back(const http::Response& response) {
    if (was_refused_for(response, kInvalidHostKey)) return ++host_key_version < host_key->versions.size();
    if (was_refused_for(response, kInvalidPrincipal)) return principal && ++principal_version < principal->size();
    return false;
  }

  bool is_newer_than(const Attempt& other) const { return host_key != other.host_key || principal != other.principal; }
};

HostKeySender::HostKeySender(Keys keys, const Clock& clock, http::Handler next)
    : keys_(std::move(keys)), clock_(clock), next_(std::move(next)) {}

HostKeySender::Attempt HostKeySender::first_attempt() const {
  return {.host_key = keys_.host_key->get(), .principal = keys_.principal_keys ? keys_.principal_keys->get() : nullptr};
}

Awaitable<http::Response> HostKeySender::handle(http::Request request) const {
  // A client's own `code` is a parameter like any other to it, but would be a second key to the guard.
  take_credential(request, kHostKeyHeader, kHostKeyParameter);
  request.headers.remove(kPrincipalHeader);
  const auto attempt = first_attempt();
  auto response = co_await try_versions(&request, attempt);
  if (!was_refused_for(response, kInvalidHostKey) && !was_refused_for(response, kInvalidPrincipal)) co_return response;
  co_await keys_.look_again();
  auto newer = first_attempt();
  if (!newer.is_newer_than(attempt)) co_return response;
  co_return co_await try_versions(&request, std::move(newer));
}

Awaitable<http::Response> HostKeySender::try_versions(const http::Request* request, Attempt attempt) const {
  auto response = co_await send(*request, &attempt);
  while (attempt.fall_back(response)) response = co_await send(*request, &attempt);
  co_return response;
}

Awaitable<http::Response> HostKeySender::send(http::Request request, const Attempt* attempt) const {
  const auto& host_key = attempt->host_key->versions[attempt->host_key_version];
  request.headers.add(kHostKeyHeader, host_key.value.reveal());
  request.context.span.set("assay.host_key.name", keys_.host_key_name);
  request.context.span.set("assay.host_key.version", host_key.id);
  if (attempt->principal && request.context.principal) {
    const auto& signer = (*attempt->principal)[attempt->principal_version];
    request.headers.add(
        kPrincipalHeader,
        sign_principal(*request.context.principal, request.context.trace.operation_id(), clock_.now(), signer.key));
    request.context.span.set("assay.principal_key.version", signer.id);
  }
  co_return co_await next_(std::move(request));
}

}  // namespace assay::secrets
