#include "audit/register_parameters.hpp"

#include <fmt/format.h>

#include <charconv>

#include "audit/fields.hpp"
#include "audit/request_forms.hpp"
#include "base/dates.hpp"

namespace assay::audit {

namespace {

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kLargestLimit = 1000;
constexpr std::size_t kDayCharacters = 10;

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto next = parse_number(text.substr(0, dash));
  const auto last = parse_number(text.substr(dash + 1));
  if (!next || !last || *next < 0 || *last < 0) return std::nullopt;
  return Cursor{.next = static_cast<std::uint64_t>(*next), .last = static_cast<std::uint64_t>(*last)};
}

void read_paging(Fields& fields, RegisterParameters& parameters) {
  parameters.limit = kDefaultLimit;
  if (const auto text = fields.text("limit")) {
    const auto limit = parse_number(*text).value_or(0);
    if (limit < 1 || limit > kLargestLimit) {
      fields.refuse("limit", fmt::format("must be a number from 1 to {}", kLargestLimit));
    }
    parameters.limit = static_cast<std::size_t>(limit);
  }
  if (const auto text = fields.text("cursor")) {
    parameters.cursor = parse_cursor(*text);
    if (!parameters.cursor) fields.refuse("cursor", "is not valid for this query");
  }
}

/// The end of a period: a day, or a moment, that is still in it.
Timestamp end_of(std::string_view date, Timestamp moment) {
  if (date.size() == kDayCharacters) return moment + std::chrono::days(1);
  return moment + std::chrono::milliseconds(1);
}

void read_filters(Fields& fields, RegisterParameters& parameters) {
  parameters.patient_id = fields.guid("patientId");
  parameters.actor = fields.text("actor");
  parameters.operation = fields.text("operation");
  const auto from = fields.date("from");
  const auto to = fields.date("to");
  if (from) parameters.from = parse_iso_date(*from).value().moment;
  if (to) parameters.before = end_of(*to, parse_iso_date(*to).value().moment);
}

template <class Read>
Result<RegisterParameters> read_parameters(const http::Request& request, Read read) {
  auto given = read_query(request);
  if (!given) return std::unexpected(std::move(given.error()));
  RegisterParameters parameters;
  parameters.filters = std::move(*given);
  FirstFault fault;
  Fields fields(parameters.filters, "", fault);
  read(fields, parameters);
  read_paging(fields, parameters);
  fields.refuse_others();
  if (fault.found()) return fault.problem();
  parameters.filters.erase("limit");
  parameters.filters.erase("cursor");
  return parameters;
}

}  // namespace

std::string Cursor::to_string() const { return fmt::format("{}-{}", next, last); }

Result<RegisterParameters> read_register_parameters(const http::Request& request) {
  return read_parameters(request, read_filters);
}

Result<RegisterParameters> read_paging_parameters(const http::Request& request) {
  return read_parameters(request, [](Fields& /*fields*/, RegisterParameters& /*parameters*/) {});
}

std::string link_to(std::string_view path, const RegisterParameters& parameters, const Cursor& next) {
  std::string query;
  for (const auto& [name, value] : parameters.filters) {
    query += fmt::format("{}={}&", std::string_view(name), http::percent_encode(value.as_string()));
  }
  return fmt::format("<{}?{}cursor={}&limit={}>; rel=\"next\"", path, query, next.to_string(), parameters.limit);
}

}  // namespace assay::audit
