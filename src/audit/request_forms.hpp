#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "http/message.hpp"

namespace assay::audit {

/// Whether the gateway's host key let the request in.
bool is_from_gateway(const http::Request& request);

/// What another host key is needed for.
std::unexpected<Problem> refuse_host_key();

/// The query as texts by name, or a Problem 400 when it can't be decoded. A name that comes twice has an array in place
/// of a text.
Result<json::object> read_query(const http::Request& request);

/// Refuses a query that has a parameter other than these, or one of them twice or empty: a Problem 400 that names it.
Result<void> check_query(const http::Request& request, std::initializer_list<std::string_view> known);

struct NumberLimits {
  std::uint64_t smallest = 0;
  std::uint64_t largest = INT64_MAX;
  std::uint64_t otherwise = 0;  ///< when the query doesn't name it
};

/// A number of the query, or a Problem 400 that names it.
Result<std::uint64_t> read_number(const http::Request& request, std::string_view name, NumberLimits limits);

/// The answer to who has read the register: not to be kept by caches, with the receipt if the reading was recorded.
http::Response answer_reading(http::Response response, std::string_view receipt);

}  // namespace assay::audit
