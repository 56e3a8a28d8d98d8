#include "gateway/upstream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/reason.hpp"
#include "base/unicode.hpp"
#include "http/text.hpp"

namespace assay::gateway {

namespace {

constexpr std::string_view kPathPrefix = "/api";
/// What the public routes call the audit records, and what the audit service does, as in the reference.
constexpr std::string_view kAuditPath = "/audit";
constexpr std::string_view kAuditRecordPath = "/auditrecord";
constexpr std::array<std::string_view, 6> kForwardedHeaders{"Content-Type", "Content-Encoding", "Accept",
                                                            "If-Match",     "If-None-Match",    "Idempotency-Key"};

Result<std::string> read_assertion(const http::Headers& headers, std::string_view name) {
  const auto value = headers.find(name).value_or("");
  if (headers.count(name) > 1 || value.size() > kLongestStatement || !is_valid_utf8(value) ||
      has_control_character(value)) {
    return fail(400, fmt::format("{} must be one text in UTF-8 of at most {} bytes.", name, kLongestStatement));
  }
  return std::string(value);
}

bool is_forwarded(std::string_view name) {
  return std::ranges::any_of(kForwardedHeaders,
                             [&](auto forwarded) { return http::equal_ignoring_case(forwarded, name); });
}

}  // namespace

Result<void> read_assertions(const http::Headers& headers, Principal& principal) {
  auto on_behalf_of = read_assertion(headers, kOnBehalfOfHeader);
  if (!on_behalf_of) return std::unexpected(std::move(on_behalf_of.error()));
  auto purpose_of_use = read_assertion(headers, kPurposeOfUseHeader);
  if (!purpose_of_use) return std::unexpected(std::move(purpose_of_use.error()));
  principal.on_behalf_of = std::move(*on_behalf_of);
  principal.purpose_of_use = std::move(*purpose_of_use);
  return {};
}

void take_reason(const http::Request& request, Principal& principal) {
  const auto body = parse_json(request.body);
  const auto* object = body ? body->if_object() : nullptr;
  const auto* reason = object != nullptr ? object->if_contains("reason") : nullptr;
  if (reason == nullptr || !reason->is_string()) return;
  if (auto checked = check_reason(std::string(reason->get_string()))) principal.purpose_of_use = std::move(*checked);
}

http::Request to_service(http::Request request, std::optional<Principal> principal) {
  http::Headers headers;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers.at(i);
    if (is_forwarded(name)) headers.add(name, value);
  }
  request.headers = std::move(headers);
  if (request.path() == kAuditPath || request.path().starts_with(fmt::format("{}/", kAuditPath))) {
    request.target.replace(0, kAuditPath.size(), kAuditRecordPath);
  }
  request.target.insert(0, kPathPrefix);
  request.path_parameters.clear();
  request.context.principal = std::move(principal);
  return request;
}

}  // namespace assay::gateway
