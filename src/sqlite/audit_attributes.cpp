#include "sqlite/audit_attributes.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace assay::sqlite {

namespace {

/// A statement of many rows takes a quarter less time than as many statements.
constexpr std::size_t kManyRows = 16;

std::string insert_of(std::size_t rows) {
  std::string sql = "INSERT INTO attribute(hash, idx) VALUES(?, ?)";
  for (std::size_t i = 1; i < rows; ++i) sql += ", (?, ?)";
  return sql;
}

}  // namespace

AttributeIndex::AttributeIndex(Connection& connection)
    : insert_(connection.prepare(insert_of(1))), insert_many_(connection.prepare(insert_of(kManyRows))) {}

void AttributeIndex::note(const audit::Attributes& attributes, std::uint64_t index) {
  if (attributes.actor) tail_.push_back({.hash = *attributes.actor, .index = index});
  if (attributes.operation) tail_.push_back({.hash = *attributes.operation, .index = index});
}

void AttributeIndex::advance(std::uint64_t position) {
  const auto end = std::ranges::lower_bound(tail_, position, {}, &Place::index);
  std::vector<Place> due(tail_.begin(), end);
  tail_.erase(tail_.begin(), end);
  std::ranges::sort(due, {}, [](const Place& place) { return std::tie(place.hash, place.index); });
  std::span<const Place> rest(due);
  for (; rest.size() >= kManyRows; rest = rest.subspan(kManyRows)) insert(insert_many_, rest.first(kManyRows));
  for (const auto& place : rest) insert(insert_, {&place, 1});
}

void AttributeIndex::insert(Statement& statement, std::span<const Place> places) {
  int parameter = 0;
  for (const auto& place : places) {
    statement.bind(++parameter, place.hash);
    statement.bind(++parameter, static_cast<std::int64_t>(place.index));
  }
  statement.run();
}

}  // namespace assay::sqlite
