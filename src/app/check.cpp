#include "app/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "app/backup.hpp"
#include "app/database_mark.hpp"
#include "app/part_folder.hpp"
#include "base/error.hpp"
#include "sqlite/audit_check.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/gateway_check.hpp"
#include "sqlite/patients_check.hpp"
#include "sqlite/records_check.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kShownFaults = 20;

/// What the check found, or the error of the database that broke it off.
std::vector<std::string> faults_in(const std::function<std::vector<std::string>()>& check) {
  try {
    return check();
  } catch (const sqlite::Error& error) {
    return {error.what()};
  }
}

std::vector<std::string> loss_of(const std::filesystem::path& database) {
  return {fmt::format("the database {} is lost or empty; put it back, or restore a backup", database.string())};
}

bool report(std::string_view part, const std::vector<std::string>& faults) {
  if (faults.empty()) {
    fmt::print("{:<10} in order\n", part);
    return true;
  }
  fmt::print("{:<10} {} fault{}\n", part, faults.size(), faults.size() == 1 ? "" : "s");
  const auto shown = std::min(faults.size(), kShownFaults);
  for (std::size_t i = 0; i < shown; ++i) fmt::print("  {}\n", faults[i]);
  if (shown < faults.size()) fmt::print("  … and {} more\n", faults.size() - shown);
  return false;
}

}  // namespace

std::vector<std::string> check_part(std::string_view part, const std::filesystem::path& database,
                                    const sqlite::AuditEvidence& evidence) {
  return faults_in([&] {
    if (part == "patients") return sqlite::check_patients(database);
    if (part == "gateway") return sqlite::check_gateway(database);
    return sqlite::check_audit(database, evidence);
  });
}

std::vector<std::string> check_records(const std::filesystem::path& patients, const std::filesystem::path& audit) {
  if (!std::filesystem::exists(patients) || !std::filesystem::exists(audit)) return {};
  return faults_in([&] { return sqlite::check_patients_have_records(patients, audit); });
}

int check_register(const std::filesystem::path& data_directory) {
  refuse_half_restored(data_directory);
  const sqlite::AuditEvidence evidence{.notes = {}, .stored_notes = 0, .keys = {}, .must_be_signed = true};
  bool in_order = true;
  std::size_t parts = 0;
  for (const auto part : kPartsInSnapshotOrder) {
    const auto database = PartFolder::database_of(data_directory, part);
    const bool is_lost = DatabaseMark::is_lost(database);
    if (!is_lost && !std::filesystem::exists(database)) continue;
    ++parts;
    in_order = report(part, is_lost ? loss_of(database) : check_part(part, database, evidence)) && in_order;
  }
  if (parts == 0) throw Refusal(fmt::format("there is no register in {}", data_directory.string()));
  const auto patients = PartFolder::database_of(data_directory, "patients");
  const auto audit = PartFolder::database_of(data_directory, "audit");
  if (std::filesystem::exists(patients) && std::filesystem::exists(audit)) {
    in_order = report("records", check_records(patients, audit)) && in_order;
  }
  return in_order ? 0 : 1;
}

}  // namespace assay::app
