#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/uuid.hpp"
#include "sqlite/audit_chunk_examination.hpp"
#include "sqlite/audit_erased_records.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Holds each patient's numbers, and the register of accesses, against the records. Takes memory for each patient. The
/// register is read once, in its own order, and compared by a fingerprint of each patient's records; only those of a
/// patient for whom that differs are looked up one by one.
class AuditNumbersCheck {
 public:
  /// Inside the connection's open transaction.
  AuditNumbersCheck(const Connection& connection, AuditFaults& faults);

  /// Takes the next record that names a patient.
  void add(const PatientNumber& number);
  /// All were added; the register has `records`, and those of `erased` name nobody any more.
  void finish(std::uint64_t records, const IndexRuns& erased);

  std::uint64_t patients() const { return patients_.size(); }

 private:
  struct Patient {
    std::uint64_t last = 0;         ///< the highest number
    std::uint64_t missing = 0;      ///< numbers below it that no record bears
    std::uint64_t registered = 0;   ///< records that the register should have
    std::uint64_t fingerprint = 0;  ///< of these
    bool is_in_register = false;
  };

  /// The rows of one patient in the register.
  struct Rows {
    Uuid patient;
    std::uint64_t rows = 0;
    std::uint64_t erased_below_last = 0;
    std::uint64_t registered = 0;
    std::uint64_t fingerprint = 0;
    std::int64_t last_index = -1;
    bool is_in_order = true;
  };

  std::uint64_t extended(std::uint64_t fingerprint, std::uint64_t sequence, std::uint64_t index) const;
  void compare_register(const IndexRuns& erased);
  void add_row(Rows& rows, std::uint64_t sequence, std::int64_t index, const IndexRuns& erased) const;
  void compare(const Rows& rows);

  const Connection& connection_;
  AuditFaults& faults_;
  std::string key_;  ///< of the fingerprints: random, so that nobody can aim at one
  std::uint64_t position_ = 0;
  std::unordered_map<Uuid, Patient> patients_;
  std::unordered_set<Uuid> suspects_;
};

}  // namespace assay::sqlite
