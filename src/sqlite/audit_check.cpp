#include "sqlite/audit_check.hpp"

#include <fmt/format.h>

#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

namespace {

std::vector<std::string> check_file(const std::filesystem::path& database_file) {
  const Connection connection(database_file, Access::kReadOnly);
  auto rows = connection.prepare("PRAGMA integrity_check");
  std::vector<std::string> faults;
  while (rows.step() && faults.size() < AuditFaults::kMaximum) {
    if (rows.text(0) != "ok") faults.push_back(fmt::format("The database file is damaged: {}.", rows.text(0)));
  }
  return faults;
}

}  // namespace

bool has_checkpoint(const std::filesystem::path& database_file, const KeptNote& kept) {
  const Connection connection(database_file, Access::kReadOnly);
  return connection.prepare("SELECT 1 FROM checkpoint WHERE size = ? AND note = ?")
      .bind(1, static_cast<std::int64_t>(kept.size))
      .bind(2, std::string_view(kept.note))
      .step();
}

std::vector<std::string> check_audit(const std::filesystem::path& database_file, const AuditEvidence& evidence) {
  std::vector<std::string> faults;
  try {
    faults = check_file(database_file);
    auto found = examine_audit(database_file, evidence, [](std::uint64_t /*done*/, std::uint64_t /*all*/) {}).faults;
    faults.insert(faults.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  } catch (const Error& error) {
    faults.push_back(fmt::format("The audit database can't be examined: {}.", error.what()));
  }
  return faults;
}

}  // namespace assay::sqlite
