#include "sqlite/log_origins.hpp"

#include "audit/record.hpp"

namespace assay::sqlite {

namespace {

/// Of a record that is there and can be read.
std::optional<Timestamp> date_of(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  const auto stored = audit::parse_record(row.text(column));
  return stored ? std::optional(stored->created_date) : std::nullopt;
}

}  // namespace

std::vector<audit::LogOrigin> read_log_origins(const Connection& connection) {
  auto rows = connection.prepare(
      "SELECT verifier_key, first_size, (SELECT document FROM record WHERE idx = first_size) FROM log_origin "
      "ORDER BY row");
  std::vector<audit::LogOrigin> origins;
  while (rows.step()) {
    origins.push_back({.verifier_key = std::string(rows.text(0)),
                       .first_size = static_cast<std::uint64_t>(rows.integer(1)),
                       .begun = date_of(rows, 2)});
  }
  return origins;
}

}  // namespace assay::sqlite
