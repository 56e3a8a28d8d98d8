#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"

namespace assay::merkle {

/// A hash of the tree: SHA-256, with leaves and inner nodes kept apart by a prefix (RFC 9162 section 2.1.1).
using Hash = Bytes32;

/// The hash of an entry.
Hash leaf_hash(std::span<const std::uint8_t> entry);

/// The hash of the node over two others.
Hash node_hash(const Hash& left, const Hash& right);

/// The root of a tree without leaves.
Hash empty_tree_hash();

/// Reads a hash from the padded base64 of its 32 bytes; nothing for anything else.
std::optional<Hash> hash_from_base64(std::string_view text);

}  // namespace assay::merkle
