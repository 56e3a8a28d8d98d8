#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "base/uuid.hpp"
#include "sqlite/audit_chunk_examination.hpp"
#include "sqlite/audit_erased_records.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Patients for whom the register of accesses and the records differ.
struct Suspects {
  const std::unordered_set<Uuid>& patients;
  const IndexRuns& erased;
  std::uint64_t position = 0;  ///< the register has the records below it
};

/// Tells where they differ: looks up each record of theirs in the register, and each of their rows there in the
/// records.
class AuditSuspectsCheck {
 public:
  AuditSuspectsCheck(const Connection& connection, const Suspects& suspects, AuditFaults& faults);

  void run();

 private:
  void look_up_records();
  void look_up(const PatientNumber& number);
  void look_up_number(const PatientNumber& number);
  void look_up_rows(const Uuid& patient);
  /// The record of that index, when it names a patient.
  bool names(std::int64_t index, const Uuid& patient, std::uint64_t sequence);
  /// The record that the register has for a number, or -1.
  std::int64_t registered(const Uuid& patient, std::uint64_t sequence);

  const Connection& connection_;
  Suspects suspects_;
  AuditFaults& faults_;
  Statement access_;
  Statement record_;
  std::unordered_map<Uuid, std::uint64_t> last_;
};

}  // namespace assay::sqlite
