#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::merkle {

/// Reads a number from its decimal digits without leading zeros; nothing for anything else or above `largest`.
std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t largest);

}  // namespace assay::merkle
