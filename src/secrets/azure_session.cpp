#include "secrets/azure_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "http/message.hpp"
#include "secrets/credential_file.hpp"
#include "secrets/sensitive_json.hpp"

namespace assay::secrets {

namespace {

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kNotFound = 404;
constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;
constexpr std::chrono::minutes kBeforeTheEnd{5};

/// Escaped one by one into room for all, so that no part of a secret is left behind.
SensitiveText form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::size_t longest = 0;
  for (const auto& [name, value] : fields) longest += name.size() + 3 * value.size() + 2;
  std::string form;
  form.reserve(longest);
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form.push_back('&');
    form.append(name).push_back('=');
    for (const auto& c : value) form.append(http::percent_encode({&c, 1}));
  }
  return SensitiveText(std::move(form));
}

/// How long a token is good for: `expires_in` seconds, or until `expires_on`, whichever is told.
std::chrono::milliseconds lifetime(const json::value& body, Timestamp now) {
  const auto seconds = integer_member(body, "expires_in");
  if (seconds) return std::chrono::seconds(*seconds);
  const auto end = integer_member(body, "expires_on");
  return end ? Timestamp(std::chrono::seconds(*end)) - now : std::chrono::milliseconds(0);
}

std::string managed_identity_url(const AzureManagedIdentity& login, std::string_view resource) {
  const bool is_told = !login.endpoint.empty();
  auto url = fmt::format("{}?api-version={}&resource={}",
                         is_told ? login.endpoint : login.metadata_service + "/metadata/identity/oauth2/token",
                         is_told ? "2019-08-01" : "2018-02-01", http::percent_encode(resource));
  if (!login.client_id.empty()) url += "&client_id=" + http::percent_encode(login.client_id);
  return url;
}

}  // namespace

AzureSession::AzureSession(AzureOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {
  static_cast<void>(http::origin_of(options_.vault));
  while (options_.vault.ends_with('/')) options_.vault.pop_back();
}

std::string AzureSession::place() const { return fmt::format("the key vault {}", http::origin_of(options_.vault)); }

http::HttpsAnswer AzureSession::call(const std::string& method, const std::string& url,
                                     const std::optional<SensitiveText>& body) {
  http::HttpsRequest request{.method = method, .url = url, .body = body};
  if (body) request.headers.push_back({.name = "Content-Type", .value = SensitiveText("application/json")});
  const auto first = token();
  auto answer = send_with(first, request);
  if (answer.status != kUnauthorized) return answer;
  forget(first);
  answer = send_with(token(), std::move(request));
  if (answer.status != kUnauthorized) return answer;
  throw Refusal(
      fmt::format("{} takes no token of this login; check the tenant and the resource {}", place(), options_.resource));
}

http::HttpsAnswer AzureSession::send_with(const SensitiveText& token, http::HttpsRequest request) const {
  constexpr std::string_view kScheme = "Bearer ";
  std::string credential;
  credential.reserve(kScheme.size() + token.reveal().size());
  credential.append(kScheme).append(token.reveal());
  request.headers.push_back({.name = "Authorization", .value = SensitiveText(std::move(credential))});
  return send(std::move(request));
}

http::HttpsAnswer AzureSession::send(http::HttpsRequest request) const {
  auto answer = http::call(request, {.ca_file = options_.ca_file});
  if (answer.status != kTooManyRequests && answer.status < 500) return answer;
  const auto wait = answer.retry_after ? fmt::format("; it wants {} s", answer.retry_after->count()) : "";
  throw Unavailable(
      fmt::format("{} can't answer now (status {}{})", http::origin_of(request.url), answer.status, wait));
}

void AzureSession::forget(const SensitiveText& token) {
  const std::scoped_lock lock(mutex_);
  if (held_ && held_->token.reveal() == token.reveal()) held_.reset();
}

SensitiveText AzureSession::token() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  if (held_ && now < held_->replaced_from) return held_->token;
  try {
    held_ = std::visit([&](const auto& login) { return log_in_with(login, now); }, options_.login);
  } catch (const std::exception&) {
    // Unreachable or refused: what is held goes on until its end.
    if (!held_ || now >= held_->end) throw;
  }
  return held_->token;
}

AzureSession::Held AzureSession::log_in_with(const AzureManagedIdentity& login, Timestamp now) const {
  http::HttpsRequest request{.url = managed_identity_url(login, options_.resource)};
  if (login.endpoint.empty()) {
    request.headers.push_back({.name = "Metadata", .value = SensitiveText("true")});
  } else {
    request.headers.push_back({.name = "X-IDENTITY-HEADER", .value = login.header});
  }
  const auto origin = http::origin_of(request.url);
  const auto answer = send(std::move(request));
  // The metadata service's words for "not yet".
  if (answer.status == kNotFound || answer.status == kGone) {
    throw Unavailable(fmt::format("{} can't answer now (status {})", origin, answer.status));
  }
  return granted(answer, now,
                 fmt::format("{} gives no token for a managed identity (status {}): assign this host an identity, or "
                             "check the client id",
                             origin, answer.status));
}

AzureSession::Held AzureSession::log_in_with(const AzureClientCredentials& login, Timestamp now) const {
  const auto secret = read_credential_file(login.secret_file, FileReaders::kOwnerAndGroup);
  http::HttpsRequest request{
      .method = "POST",
      .url = fmt::format("{}/{}/oauth2/v2.0/token", login.authority, http::percent_encode(login.tenant)),
      .body = form_of({{"grant_type", "client_credentials"},
                       {"client_id", login.client_id},
                       {"client_secret", secret.reveal()},
                       {"scope", fmt::format("{}/.default", options_.resource)}})};
  request.headers.push_back({.name = "Content-Type", .value = SensitiveText("application/x-www-form-urlencoded")});
  const auto answer = send(std::move(request));
  return granted(
      answer, now,
      fmt::format("{} refuses the login of the client {} (status {}): check the tenant and the client id, and "
                  "put a client secret that is valid into {}",
                  http::origin_of(login.authority), login.client_id, answer.status, login.secret_file.string()));
}

AzureSession::Held AzureSession::granted(const http::HttpsAnswer& answer, Timestamp now,
                                         const std::string& refusal) const {
  const auto body = parse_sensitive_json(answer.body);
  SensitiveText token{std::string(text_member(body, "access_token"))};
  if (answer.status != kOk || token.empty()) throw Refusal(refusal);
  const auto end = now + lifetime(body, now);
  return {.token = std::move(token), .replaced_from = end - kBeforeTheEnd, .end = end};
}

}  // namespace assay::secrets
