#include "base/principal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/json.hpp"

namespace assay {

namespace {

constexpr std::string_view kHeader = R"({"alg":"EdDSA","typ":"JWT"})";
constexpr std::chrono::minutes kClockSkew{1};

std::int64_t seconds(Timestamp moment) {
  return std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count();
}

std::string text_member(const json::object& claims, std::string_view name) {
  const auto* member = claims.if_contains(name);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

bool is_current(const json::object& claims, Timestamp now) {
  const auto* issued = claims.if_contains("iat");
  const auto* expires = claims.if_contains("exp");
  if (issued == nullptr || expires == nullptr || !issued->is_int64() || !expires->is_int64()) return false;
  return issued->get_int64() <= seconds(now + kClockSkew) && seconds(now) < expires->get_int64();
}

std::optional<std::string> verified_payload(std::string_view token, const VerifyingKey& key) {
  const auto second_dot = token.rfind('.');
  const auto first_dot = token.find('.');
  if (first_dot == std::string_view::npos || first_dot == second_dot) return std::nullopt;
  const auto header = from_base64url(token.substr(0, first_dot));
  const auto signed_bytes = from_base64url(token.substr(second_dot + 1));
  Signature signature{};
  if (header != kHeader || !signed_bytes || signed_bytes->size() != signature.size()) return std::nullopt;
  std::ranges::copy(as_bytes(*signed_bytes), signature.begin());
  if (!key.verify(token.substr(0, second_dot), signature)) return std::nullopt;
  return from_base64url(token.substr(first_dot + 1, second_dot - first_dot - 1));
}

}  // namespace

bool Principal::has_scope(std::string_view wanted) const {
  const auto names = " " + scope + " ";
  return !wanted.empty() && names.contains(fmt::format(" {} ", wanted));
}

std::string sign_principal(const Principal& principal, std::string_view operation_id, Timestamp now,
                           const SigningKey& key) {
  const json::object claims{{"iss", "assay-gateway"},
                            {"iat", seconds(now)},
                            {"exp", seconds(now + kPrincipalLifetime)},
                            {"sub", principal.id},
                            {"kind", principal.kind},
                            {"name", principal.name},
                            {"on_behalf_of", principal.on_behalf_of},
                            {"purpose_of_use", principal.purpose_of_use},
                            {"scope", principal.scope},
                            {"operation_id", operation_id}};
  auto token = to_base64url(as_bytes(kHeader)) + "." + to_base64url(as_bytes(json::serialize(claims)));
  const auto signature = key.sign(token);
  return token + "." + to_base64url(signature);
}

std::optional<VerifiedPrincipal> verify_principal(std::string_view token, Timestamp now, const VerifyingKey& key) {
  const auto payload = verified_payload(token, key);
  if (!payload) return std::nullopt;
  const auto parsed = parse_json(*payload);
  if (!parsed || !parsed->is_object() || !is_current(parsed->get_object(), now)) return std::nullopt;
  const auto& claims = parsed->get_object();
  return VerifiedPrincipal{.principal = {.kind = text_member(claims, "kind"),
                                         .id = text_member(claims, "sub"),
                                         .name = text_member(claims, "name"),
                                         .on_behalf_of = text_member(claims, "on_behalf_of"),
                                         .purpose_of_use = text_member(claims, "purpose_of_use"),
                                         .scope = text_member(claims, "scope")},
                           .operation_id = text_member(claims, "operation_id")};
}

}  // namespace assay
