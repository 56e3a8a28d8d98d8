#include "sqlite/audit_attributes.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace assay::sqlite {

AttributeIndex::AttributeIndex(Connection& connection)
    : insert_(connection.prepare("INSERT INTO attribute(hash, idx) VALUES(?, ?)")) {}

void AttributeIndex::note(const audit::Attributes& attributes, std::uint64_t index) {
  if (attributes.actor) tail_.push_back({.hash = *attributes.actor, .index = index});
  if (attributes.operation) tail_.push_back({.hash = *attributes.operation, .index = index});
}

void AttributeIndex::advance(std::uint64_t position) {
  const auto end = std::ranges::lower_bound(tail_, position, {}, &Place::index);
  std::vector<Place> due(tail_.begin(), end);
  tail_.erase(tail_.begin(), end);
  std::ranges::sort(due, {}, [](const Place& place) { return std::tie(place.hash, place.index); });
  for (const auto& place : due) insert_.bind(1, place.hash).bind(2, static_cast<std::int64_t>(place.index)).run();
}

}  // namespace assay::sqlite
