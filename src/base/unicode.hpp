#pragma once

#include <cstddef>
#include <string_view>

namespace assay {

/// How many UTF-16 code units the text takes. The text must be valid UTF-8.
std::size_t utf16_length(std::string_view utf8);

/// Orders two valid UTF-8 texts by their UTF-16 code units (RFC 8785 section 3.2.3).
bool less_in_utf16(std::string_view a, std::string_view b);

/// Whether the bytes are well-formed UTF-8 (RFC 3629).
bool is_valid_utf8(std::string_view bytes);

/// Whether the text, valid UTF-8, has a control character: C0, DEL or C1 (U+0000 to U+001F, U+007F to U+009F).
bool has_control_character(std::string_view utf8);

}  // namespace assay
