#include "merkle/entry_bundle.hpp"

#include "base/bytes.hpp"

namespace assay::merkle {

namespace {

constexpr std::size_t kLengthBytes = 2;

}  // namespace

std::optional<std::string> encode_entries(std::span<const std::string_view> entries) {
  std::string bundle;
  for (const auto entry : entries) {
    if (entry.size() > kLargestEntry) return std::nullopt;
    bundle.push_back(static_cast<char>(entry.size() >> 8U));
    bundle.push_back(static_cast<char>(entry.size() & 0xffU));
    bundle.append(entry);
  }
  return bundle;
}

std::optional<std::vector<std::string_view>> decode_entries(std::string_view bundle) {
  std::vector<std::string_view> entries;
  while (!bundle.empty()) {
    if (bundle.size() < kLengthBytes) return std::nullopt;
    const auto length = as_bytes(bundle.substr(0, kLengthBytes));
    const auto size = std::size_t{length[0]} << 8U | length[1];
    bundle.remove_prefix(kLengthBytes);
    if (bundle.size() < size) return std::nullopt;
    entries.push_back(bundle.substr(0, size));
    bundle.remove_prefix(size);
  }
  return entries;
}

}  // namespace assay::merkle
