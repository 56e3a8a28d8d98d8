#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay {

using Bytes32 = std::array<std::uint8_t, 32>;

/// The bytes of a text.
std::span<const std::uint8_t> as_bytes(std::string_view text);

/// Lower-case hexadecimal (RFC 4648 section 8, but lower case).
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Fills `out` from exactly twice as many lower-case hexadecimal digits; false for anything else.
bool from_hex(std::string_view hex, std::span<std::uint8_t> out);

/// Base64url without padding (RFC 4648 section 5).
std::string to_base64url(std::span<const std::uint8_t> bytes);

/// Decodes base64url without padding; nothing for anything else.
std::optional<std::string> from_base64url(std::string_view text);

/// Base64 with padding (RFC 4648 section 4).
std::string to_base64(std::span<const std::uint8_t> bytes);

/// Decodes what `to_base64` makes; nothing for anything else, such as missing padding or stray bits in the last digit.
std::optional<std::string> from_base64(std::string_view text);

/// Whether the two are equal, in a time that depends on their lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace assay
