#include "audit/request_forms.hpp"

#include <fmt/format.h>

#include <charconv>

#include "audit/fields.hpp"
#include "audit/service.hpp"

namespace assay::audit {

bool is_from_gateway(const http::Request& request) { return request.context.host_key == kGatewayKeyName; }

std::unexpected<Problem> refuse_host_key() { return fail(403, "This host key doesn't allow it."); }

Result<json::object> read_query(const http::Request& request) {
  const auto parameters = request.query_parameters();
  if (!parameters) return fail(400, "The query must be percent-encoded UTF-8.");
  json::object found;
  for (const auto& [name, value] : *parameters) {
    if (const auto [place, is_new] = found.emplace(name, value); !is_new) place->value() = json::array();
  }
  return found;
}

Result<void> check_query(const http::Request& request, std::initializer_list<std::string_view> known) {
  const auto query = read_query(request);
  if (!query) return std::unexpected(query.error());
  FirstFault fault;
  Fields fields(*query, "", fault);
  for (const auto name : known) fields.text(name);
  fields.refuse_others();
  if (fault.found()) return fault.problem();
  return {};
}

Result<std::uint64_t> read_number(const http::Request& request, std::string_view name, NumberLimits limits) {
  const auto text = request.query_parameter(name);
  if (!text) return limits.otherwise;
  std::uint64_t number = 0;
  const auto* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error == std::errc{} && rest == end && number >= limits.smallest && number <= limits.largest) return number;
  return fail(400, fmt::format("\"{}\" must be a number from {} to {}", name, limits.smallest, limits.largest));
}

http::Response answer_reading(http::Response response, std::string_view receipt) {
  if (!receipt.empty()) response.headers.add("Audit-Record", receipt);
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace assay::audit
