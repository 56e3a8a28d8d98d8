#include "sqlite/records_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "audit/record.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kMaximumFaults = 100;

/// Holds the database at this moment.
void hold(Connection& connection) {
  connection.execute("BEGIN");
  connection.prepare("SELECT count(*) FROM sqlite_schema").step();
}

Uuid uuid_of(Blob blob) {
  Uuid uuid;
  if (blob.size() == uuid.bytes.size()) std::ranges::copy(blob, uuid.bytes.begin());
  return uuid;
}

/// The patients of the records that the register of accesses has not come to yet.
std::unordered_set<Uuid> patients_beyond_register(const Connection& audit) {
  std::unordered_set<Uuid> patients;
  auto rows = audit.prepare("SELECT document FROM record WHERE idx >= (SELECT position FROM access_position)");
  while (rows.step()) {
    const auto stored = audit::parse_record(rows.text(0));
    if (stored && stored->record.patient_id) patients.insert(*stored->record.patient_id);
  }
  return patients;
}

std::vector<std::string> attempts_beyond_register(const Connection& patients, const Connection& audit) {
  auto known = patients.prepare("SELECT below FROM settled");
  auto recorded = audit.prepare("SELECT count(*) FROM record");
  known.step();
  recorded.step();
  if (known.integer(0) <= recorded.integer(0)) return {};
  return {
      fmt::format("The patients database knows of {} audit records, but there are {}: one of the two databases is "
                  "not the newest.",
                  known.integer(0), recorded.integer(0))};
}

}  // namespace

std::vector<std::string> check_patients_have_records(const std::filesystem::path& patients_file,
                                                     const std::filesystem::path& audit_file) {
  Connection patients(patients_file, Access::kReadOnly);
  hold(patients);
  Connection audit(audit_file, Access::kReadOnly);
  hold(audit);
  const auto recent = patients_beyond_register(audit);
  auto first_access = audit.prepare("SELECT 1 FROM access WHERE patient = ? AND sequence = 1");
  auto rows = patients.prepare("SELECT row, id FROM patient");
  auto faults = attempts_beyond_register(patients, audit);
  while (rows.step() && faults.size() < kMaximumFaults) {
    const ResetOnExit reset(first_access);
    const bool known = first_access.bind(1, rows.blob(1)).step() || recent.contains(uuid_of(rows.blob(1)));
    if (!known) faults.push_back(fmt::format("No audit record is about the patient of row {}.", rows.integer(0)));
  }
  return faults;
}

}  // namespace assay::sqlite
