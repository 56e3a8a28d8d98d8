#pragma once

#include <optional>
#include <string_view>

#include "base/json.hpp"
#include "base/sensitive.hpp"

namespace assay::secrets {

/// Parses a text that holds secrets: the value's memory is wiped when it goes. A null for what is no JSON.
json::value parse_sensitive_json(const SensitiveText& text);

/// The member that `path` leads to (names with slashes between them), or null when a step of it isn't there.
const json::value* find_member(const json::value& value, std::string_view path);

/// That member's text; empty when it isn't there or no text. Lives as long as the value.
std::string_view text_member(const json::value& value, std::string_view path);

/// That member as a number, which some write as a text of digits; nothing when it is neither.
std::optional<std::int64_t> integer_member(const json::value& value, std::string_view path);

/// Builds an object of texts, in memory that isn't left behind.
SensitiveText object_of_texts(std::initializer_list<std::pair<std::string_view, std::string_view>> members);

}  // namespace assay::secrets
