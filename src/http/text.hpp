#pragma once

#include <string_view>

namespace assay::http {

/// Whether the two are equal without regard to the case of ASCII letters, as field names and tokens compare.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Without the optional whitespace (RFC 9110 section 5.6.3) at both ends.
std::string_view trim(std::string_view text);

/// Takes the part up to `separator` off the front of `text`, which keeps what follows it.
std::string_view take_until(std::string_view& text, char separator);

}  // namespace assay::http
