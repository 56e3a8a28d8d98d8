#include "audit/tree_reader.hpp"

#include <stdexcept>

#include "base/bytes.hpp"

namespace assay::audit {

merkle::ReadNode TreeReader::read_node() {
  return [this](const merkle::Node& node) {
    const auto part = merkle::tile_part_of(node, size_).value();
    const auto [tile, is_new] = tiles_.try_emplace({part.tile.level, part.tile.index});
    if (is_new) tile->second = log_.read_tile(part.tile, under_);
    const auto hash = merkle::root_of_part(part, as_bytes(tile->second));
    if (!hash) throw std::runtime_error("the audit database lacks a part of the log's tree");
    return *hash;
  };
}

merkle::Hash TreeReader::root() { return merkle::root_of(size_, read_node()); }

merkle::Proof TreeReader::inclusion_proof(std::uint64_t index) {
  return merkle::inclusion_proof({.index = index, .size = size_}, read_node()).value();
}

}  // namespace assay::audit
