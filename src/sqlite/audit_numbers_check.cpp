#include "sqlite/audit_numbers_check.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "sqlite/audit_suspects_check.hpp"

namespace assay::sqlite {

namespace {

std::uint64_t read_position(const Connection& connection) {
  auto position = connection.prepare("SELECT position FROM access_position");
  return position.step() ? static_cast<std::uint64_t>(std::max<std::int64_t>(position.integer(0), 0)) : 0;
}

Uuid uuid_of(Blob blob) {
  Uuid uuid;
  if (blob.size() == uuid.bytes.size()) std::ranges::copy(blob, uuid.bytes.begin());
  return uuid;
}

}  // namespace

AuditNumbersCheck::AuditNumbersCheck(const Connection& connection, AuditFaults& faults)
    : connection_(connection),
      faults_(faults),
      key_(crypto_shorthash_KEYBYTES, '\0'),
      position_(read_position(connection)) {
  randombytes_buf(key_.data(), key_.size());
}

std::uint64_t AuditNumbersCheck::extended(std::uint64_t fingerprint, std::uint64_t sequence,
                                          std::uint64_t index) const {
  const std::array<std::uint64_t, 3> content{fingerprint, sequence, index};
  std::uint64_t next = 0;
  static_assert(sizeof next == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<std::uint8_t*>(&next), reinterpret_cast<const std::uint8_t*>(content.data()),
                   sizeof content, reinterpret_cast<const std::uint8_t*>(key_.data()));
  return next;
}

void AuditNumbersCheck::add(const PatientNumber& number) {
  auto& patient = patients_[number.patient];
  if (number.sequence <= patient.last) {
    suspects_.insert(number.patient);
  } else {
    patient.missing += number.sequence - patient.last - 1;
    patient.last = number.sequence;
  }
  if (number.index >= position_) return;
  ++patient.registered;
  patient.fingerprint = extended(patient.fingerprint, number.sequence, number.index);
}

void AuditNumbersCheck::finish(std::uint64_t records, const IndexRuns& erased) {
  if (position_ > records) faults_.note(0, "The register of accesses is ahead of the records.");
  compare_register(erased);
  for (const auto& [id, patient] : patients_) {
    if (!patient.is_in_register && patient.registered + patient.missing > 0) suspects_.insert(id);
  }
  if (suspects_.empty() || faults_.is_full()) return;
  AuditSuspectsCheck(connection_, {.patients = suspects_, .erased = erased, .position = position_}, faults_).run();
}

void AuditNumbersCheck::compare_register(const IndexRuns& erased) {
  auto stored = connection_.prepare("SELECT patient, sequence, idx FROM access ORDER BY patient, sequence");
  Rows rows;
  while (stored.step()) {
    const auto patient = uuid_of(stored.blob(0));
    if (patient != rows.patient) {
      compare(rows);
      rows = Rows{.patient = patient};
    }
    add_row(rows, static_cast<std::uint64_t>(stored.integer(1)), stored.integer(2), erased);
  }
  compare(rows);
}

void AuditNumbersCheck::add_row(Rows& rows, std::uint64_t sequence, std::int64_t index, const IndexRuns& erased) const {
  rows.is_in_order = rows.is_in_order && sequence == ++rows.rows && index > rows.last_index;
  rows.last_index = index;
  const auto record = static_cast<std::uint64_t>(index);
  if (!erased.contains(record)) {
    ++rows.registered;
    rows.fingerprint = extended(rows.fingerprint, sequence, record);
    return;
  }
  const auto known = patients_.find(rows.patient);
  if (known != patients_.end() && sequence <= known->second.last) ++rows.erased_below_last;
}

void AuditNumbersCheck::compare(const Rows& rows) {
  if (rows.rows == 0) return;
  const auto known = patients_.find(rows.patient);
  const auto patient = known == patients_.end() ? Patient() : known->second;
  const bool is_same = rows.is_in_order && rows.registered == patient.registered &&
                       rows.fingerprint == patient.fingerprint && rows.erased_below_last == patient.missing;
  if (!is_same) suspects_.insert(rows.patient);
  if (known != patients_.end()) known->second.is_in_register = true;
}

}  // namespace assay::sqlite
