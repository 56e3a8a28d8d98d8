#include "sqlite/audit_rows.hpp"

#include <algorithm>

namespace assay::sqlite {

std::uint64_t register_position(const Connection& connection) {
  auto row = connection.prepare("SELECT position FROM access_position");
  return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

audit::RegisterEntry read_entry(const Statement& row) {
  audit::RegisterEntry entry{
      .index = static_cast<std::uint64_t>(row.integer(0)), .id = {}, .document = std::string(row.text(2))};
  const auto id = row.blob(1);
  std::copy_n(id.begin(), std::min(id.size(), entry.id.bytes.size()), entry.id.bytes.begin());
  return entry;
}

}  // namespace assay::sqlite
