#pragma once

#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/bytes.hpp"

namespace assay {

/// SHA-256 (FIPS 180-4).
Bytes32 sha256(std::string_view data);

/// SHA-256 of the parts one after the other.
Bytes32 sha256_of_parts(std::initializer_list<std::span<const std::uint8_t>> parts);

/// SHA-256 of a file's content; throws Refusal when it can't be read.
Bytes32 sha256_of_file(const std::filesystem::path& file);

/// HMAC-SHA-256 (RFC 2104).
Bytes32 hmac_sha256(std::string_view key, std::string_view data);

}  // namespace assay
