#include "secrets/vault_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "secrets/credential_file.hpp"
#include "secrets/sensitive_json.hpp"

namespace assay::secrets {

namespace {

constexpr int kOk = 200;
constexpr int kForbidden = 403;
/// Vault locks a role for 15 minutes that was refused five times in 15, and a part has two sessions: then the right
/// credential would be of no use either.
constexpr std::chrono::minutes kBetweenRefusals{10};

/// Why a vault doesn't do its work now; empty when it does
/// (https://developer.hashicorp.com/vault/api-docs#http-status-codes).
std::string_view absence(int status) {
  if (status >= 300 && status < 400) return "it is a standby that sends its callers elsewhere";
  if (status == 412 || status == 472 || status == 473) return "it is a standby that lags behind";
  if (status == 429) return "it is asked too much";
  if (status == 503) return "it is sealed, or has no active node";
  return status >= 500 ? "it has an internal error" : "";
}

void require_presence(const http::HttpsAnswer& answer, const std::string& place) {
  const auto reason = absence(answer.status);
  if (reason.empty()) return;
  const auto wait = answer.retry_after ? fmt::format("; it wants {} s", answer.retry_after->count()) : "";
  throw Unavailable(fmt::format("{} can't answer now: {} (status {}{})", place, reason, answer.status, wait));
}

std::chrono::seconds seconds_member(const json::value& value, std::string_view path) {
  return std::chrono::seconds(std::max<std::int64_t>(0, integer_member(value, path).value_or(0)));
}

bool truth_member(const json::value& value, std::string_view path) {
  const auto* member = find_member(value, path);
  return member != nullptr && member->is_bool() && member->get_bool();
}

/// Vault 1.13 answers an AppRole's wrong secret id with the status 500.
bool is_wrong_proof(const json::value& body) {
  const auto* errors = find_member(body, "errors");
  return errors != nullptr && errors->is_array() &&
         std::ranges::any_of(errors->get_array(),
                             [](const json::value& error) { return error == "invalid secret id"; });
}

}  // namespace

VaultSession::VaultSession(VaultOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {
  static_cast<void>(http::origin_of(options_.address));
  while (options_.address.ends_with('/')) options_.address.pop_back();
}

std::string VaultSession::place() const { return fmt::format("the vault {}", http::origin_of(options_.address)); }

http::HttpsAnswer VaultSession::call(const std::string& method, std::string_view path,
                                     const std::optional<SensitiveText>& body) {
  const auto first = token();
  auto answer = send(method, path, first, body);
  // What a token may not do and what a token that has ended wants to do are refused alike.
  if (answer.status != kForbidden || is_known(first)) return answer;
  forget(first);
  return send(method, path, token(), body);
}

http::HttpsAnswer VaultSession::send(const std::string& method, std::string_view path, const SensitiveText& token,
                                     const std::optional<SensitiveText>& body) const {
  auto answer = send_to_any_state(method, path, token, body);
  require_presence(answer, place());
  return answer;
}

http::HttpsAnswer VaultSession::send_to_any_state(const std::string& method, std::string_view path,
                                                  const SensitiveText& token,
                                                  const std::optional<SensitiveText>& body) const {
  http::HttpsRequest request{.method = method, .url = fmt::format("{}/v1/{}", options_.address, path), .body = body};
  request.headers.push_back({.name = "X-Vault-Request", .value = SensitiveText("true")});
  if (body) {
    const auto* const type = method == "PATCH" ? "application/merge-patch+json" : "application/json";
    request.headers.push_back({.name = "Content-Type", .value = SensitiveText(type)});
  }
  if (!token.empty()) request.headers.push_back({.name = "X-Vault-Token", .value = token});
  if (!options_.name_space.empty()) {
    request.headers.push_back({.name = "X-Vault-Namespace", .value = SensitiveText::copy_of(options_.name_space)});
  }
  return http::call(request, {.ca_file = options_.ca_file});
}

bool VaultSession::is_known(const SensitiveText& token) const {
  return send("GET", "auth/token/lookup-self", token, {}).status == kOk;
}

void VaultSession::forget(const SensitiveText& token) {
  const std::scoped_lock lock(mutex_);
  if (held_ && held_->token.reveal() == token.reveal()) held_.reset();
}

SensitiveText VaultSession::token() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  const auto step = held_ ? held_->lease.step(now) : TokenLease::Step::kReplace;
  if (step == TokenLease::Step::kUse) return held_->token;
  try {
    if (step == TokenLease::Step::kReplace || !renew(now)) held_ = log_in(now);
  } catch (const std::exception&) {
    // Unreachable or refused: what is held goes on until its end.
    if (!held_ || held_->lease.is_over(now)) throw;
  }
  return held_->token;
}

bool VaultSession::renew(Timestamp now) {
  const auto answer = send("POST", "auth/token/renew-self", held_->token, SensitiveText("{}"));
  if (answer.status != kOk) return false;
  const auto body = parse_sensitive_json(answer.body);
  held_->lease =
      held_->lease.renewed(now, seconds_member(body, "auth/lease_duration"), truth_member(body, "auth/renewable"));
  return true;
}

VaultSession::Held VaultSession::log_in(Timestamp now) {
  return std::visit([&](const auto& login) { return log_in_with(login, now); }, options_.login);
}

VaultSession::Held VaultSession::log_in_with(const VaultTokenFile& login, Timestamp now) {
  auto token = read_credential_file(login.file, FileReaders::kOwnerAndGroup);
  const auto answer = send("GET", "auth/token/lookup-self", token, {});
  // A token may lack the policy for asking after itself; then it is used for as long as it is taken.
  const auto body = answer.status == kOk ? parse_sensitive_json(answer.body) : json::value();
  return {.token = std::move(token),
          .lease = {now, seconds_member(body, "data/ttl"), truth_member(body, "data/renewable")}};
}

VaultSession::Held VaultSession::log_in_with(const VaultAppRole& login, Timestamp now) {
  const auto secret_id = read_credential_file(login.secret_id_file, FileReaders::kOwnerAndGroup);
  const auto proof = object_of_texts({{"role_id", login.role_id}, {"secret_id", secret_id.reveal()}});
  return log_in_at(
      login.mount, proof,
      fmt::format("check the role's id, and put a secret id that is valid into {}", login.secret_id_file.string()),
      now);
}

VaultSession::Held VaultSession::log_in_with(const VaultKubernetes& login, Timestamp now) {
  const auto account = read_credential_file(login.token_file, FileReaders::kAny);
  const auto proof = object_of_texts({{"role", login.role}, {"jwt", account.reveal()}});
  return log_in_at(
      login.mount, proof,
      fmt::format("bind the role {} to the service account whose token is {}", login.role, login.token_file.string()),
      now);
}

VaultSession::Held VaultSession::log_in_at(std::string_view mount, const SensitiveText& proof, std::string_view remedy,
                                           Timestamp now) {
  const auto hash = sha256(proof.reveal());
  if (refused_ && refused_->hash == hash && now < refused_->kept_until) throw Refusal(refused_->sentence);
  const auto answer = send_to_any_state("POST", fmt::format("auth/{}/login", mount), SensitiveText(), proof);
  const auto body = parse_sensitive_json(answer.body);
  if (!is_wrong_proof(body)) require_presence(answer, place());
  SensitiveText token{std::string(text_member(body, "auth/client_token"))};
  if (answer.status != kOk || token.empty()) {
    refused_ = {.hash = hash,
                .sentence = fmt::format("{} refuses the login at auth/{} (status {}): {}", place(), mount,
                                        answer.status, remedy),
                .kept_until = now + kBetweenRefusals};
    throw Refusal(refused_->sentence);
  }
  return {.token = std::move(token),
          .lease = {now, seconds_member(body, "auth/lease_duration"), truth_member(body, "auth/renewable")}};
}

}  // namespace assay::secrets
