#include "secrets/credential.hpp"

#include "http/text.hpp"

namespace assay::secrets {

namespace {

/// Removes every pair of that name from the query and leaves the others as they were sent.
std::size_t remove_parameter(http::Request& request, std::string_view parameter) {
  std::size_t removed = 0;
  std::string kept;
  auto rest = request.query();
  while (!rest.empty()) {
    const auto pair = http::take_until(rest, '&');
    // A name may be escaped: whether it is the one is for the reader of queries to say.
    http::Request alone;
    alone.target.reserve(pair.size() + 1);
    alone.target.append(1, '?').append(pair);
    auto value = alone.query_parameter(parameter);
    if (value) {
      wipe(*value);
      wipe(alone.target);
      ++removed;
      continue;
    }
    kept += kept.empty() ? '?' : '&';
    kept += pair;
  }
  if (removed > 0) {
    auto target = std::string(request.path()) + kept;
    wipe(request.target);
    request.target = std::move(target);
  }
  return removed;
}

}  // namespace

Credential take_credential(http::Request& request, std::string_view header, std::string_view parameter) {
  const auto in_headers = request.headers.count(header);
  auto text = std::string(request.headers.find(header).value_or(""));
  if (in_headers > 0) request.headers.remove(header);
  auto from_query = request.query_parameter(parameter);
  if (!from_query) return {.text = SensitiveText(std::move(text)), .ambiguous = in_headers > 1};
  const auto in_query = remove_parameter(request, parameter);
  if (in_headers == 0) text.swap(*from_query);
  wipe(*from_query);
  return {.text = SensitiveText(std::move(text)), .ambiguous = in_headers + in_query > 1};
}

}  // namespace assay::secrets
