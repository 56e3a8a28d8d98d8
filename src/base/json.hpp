#pragma once

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <expected>
#include <string>
#include <string_view>

namespace assay {

namespace json = boost::json;

inline constexpr std::size_t kMaximumJsonDepth = 32;

/// Why a text is not JSON as we take it.
enum class JsonFault {
  kMalformed,     ///< RFC 8259 grammar, invalid UTF-8, a lone surrogate, or text after the value
  kTooDeep,       ///< nested deeper than kMaximumJsonDepth
  kDuplicateKey,  ///< an object names a key twice
  kNul,           ///< U+0000 in a string
};

/// A sentence for the client; names the fault, never the content.
std::string_view describe(JsonFault fault);

/// Parses strictly: no NaN, comments, trailing commas, duplicate keys, NUL or bad UTF-8.
std::expected<json::value, JsonFault> parse_json(std::string_view text, json::storage_ptr storage = {});

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// RFC 8785 (JSON Canonicalization Scheme). Numbers must be integers within 2^53, which is all that
/// our own documents hold; others throw std::invalid_argument.
std::string canonical_json(const json::value& value);

}  // namespace assay
