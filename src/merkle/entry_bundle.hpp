#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::merkle {

/// In bytes: the length of an entry is written in 16 bits.
constexpr std::size_t kLargestEntry = 0xffff;

/// Entries one after the other, each behind its length in two bytes, high byte first (C2SP tlog-tiles); nothing when
/// one is larger than kLargestEntry.
std::optional<std::string> encode_entries(std::span<const std::string_view> entries);

/// Reads them back, as views into the bundle; nothing when it ends within an entry.
std::optional<std::vector<std::string_view>> decode_entries(std::string_view bundle);

}  // namespace assay::merkle
