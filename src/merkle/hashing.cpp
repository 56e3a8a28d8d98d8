#include "merkle/hashing.hpp"

#include <algorithm>
#include <array>

#include "base/hash.hpp"

namespace assay::merkle {

namespace {

constexpr std::array<std::uint8_t, 1> kLeafPrefix{0x00};
constexpr std::array<std::uint8_t, 1> kNodePrefix{0x01};

}  // namespace

Hash leaf_hash(std::span<const std::uint8_t> entry) { return sha256_of_parts({kLeafPrefix, entry}); }

Hash node_hash(const Hash& left, const Hash& right) { return sha256_of_parts({kNodePrefix, left, right}); }

Hash empty_tree_hash() { return sha256_of_parts({}); }

std::optional<Hash> hash_from_base64(std::string_view text) {
  const auto decoded = from_base64(text);
  Hash hash{};
  if (!decoded || decoded->size() != hash.size()) return std::nullopt;
  std::ranges::copy(as_bytes(*decoded), hash.begin());
  return hash;
}

}  // namespace assay::merkle
