#include "http/answer.hpp"
#include "http/text.hpp"

namespace assay::http {

namespace {

bool is_json_type(std::string_view type) {
  if (equal_ignoring_case(type, "application/json") || equal_ignoring_case(type, "text/json")) return true;
  constexpr std::string_view kPrefix = "application/";
  constexpr std::string_view kSuffix = "+json";
  return type.size() > kPrefix.size() + kSuffix.size() &&
         equal_ignoring_case(type.substr(0, kPrefix.size()), kPrefix) &&
         equal_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix);
}

/// Clients of the reference send JSON under these too, a plain `curl -d` among them.
bool is_taken_for_json(std::string_view type) {
  return equal_ignoring_case(type, "text/plain") || equal_ignoring_case(type, "application/x-www-form-urlencoded");
}

std::string_view unquote(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

/// Whether all charset parameters of the media type name UTF-8 or a part of it.
bool is_utf8(std::string_view parameters) {
  while (!parameters.empty()) {
    auto value = take_until(parameters, ';');
    const auto name = trim(take_until(value, '='));
    if (!equal_ignoring_case(name, "charset")) continue;
    const auto charset = unquote(trim(value));
    if (!equal_ignoring_case(charset, "utf-8") && !equal_ignoring_case(charset, "us-ascii")) return false;
  }
  return true;
}

}  // namespace

Result<void> check_content(const Headers& headers, std::string_view also_taken) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    auto [name, value] = headers.at(i);
    if (equal_ignoring_case(name, "Content-Encoding") && !equal_ignoring_case(trim(value), "identity")) {
      return fail(415, "The content encoding is not supported.");
    }
    if (!equal_ignoring_case(name, "Content-Type")) continue;
    const auto type = trim(take_until(value, ';'));
    const bool is_also_taken = !also_taken.empty() && equal_ignoring_case(type, also_taken);
    if (!is_json_type(type) && !is_taken_for_json(type) && !is_also_taken) {
      return fail(415, "The content type must be application/json.");
    }
    if (!is_utf8(value)) return fail(415, "The charset must be UTF-8.");
  }
  return {};
}

Result<json::value> read_json(const Request& request) {
  if (request.body.empty()) return fail(400, "A request body is required.");
  if (auto checked = check_content(request.headers); !checked) return std::unexpected(std::move(checked.error()));
  auto value = parse_json(request.body);
  if (!value) return fail(400, std::string(describe(value.error())));
  return std::move(*value);
}

}  // namespace assay::http
