#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace assay::audit {

/// Whether the gateway's host key let the request in.
bool is_from_gateway(const http::Request& request);

/// What another host key is needed for.
std::unexpected<Problem> refuse_host_key();

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
