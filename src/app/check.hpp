#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/audit_check.hpp"

namespace assay::app {

/// The parts that have a database, in the order in which their snapshots are taken: the patients' before the
/// audit's, so that no document lacks its record.
inline constexpr std::string_view kPartsInSnapshotOrder[] = {"patients", "gateway", "audit"};

/// Every fault of a part's database as a sentence without patient data; none when it is in order. The audit part's is
/// held against the evidence.
std::vector<std::string> check_part(std::string_view part, const std::filesystem::path& database,
                                    const sqlite::AuditEvidence& evidence);

/// Every patient that no audit record is about, as a sentence; none when a database is not there.
std::vector<std::string> check_records(const std::filesystem::path& patients, const std::filesystem::path& audit);

/// Examines everything in the data directory and prints a verdict for each part. Returns the exit code; throws Refusal
/// when there is no register, or a restore was broken off.
int check_register(const std::filesystem::path& data_directory);

}  // namespace assay::app
