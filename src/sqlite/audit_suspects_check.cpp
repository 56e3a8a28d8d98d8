#include "sqlite/audit_suspects_check.hpp"

#include <fmt/format.h>

#include "audit/record.hpp"

namespace assay::sqlite {

namespace {

std::optional<PatientNumber> number_of(std::string_view document, std::int64_t index) {
  const auto stored = audit::parse_record(document);
  if (!stored || !stored->record.patient_id) return std::nullopt;
  return PatientNumber{.patient = *stored->record.patient_id,
                       .sequence = *stored->patient_sequence,
                       .index = static_cast<std::uint64_t>(index)};
}

}  // namespace

AuditSuspectsCheck::AuditSuspectsCheck(const Connection& connection, const Suspects& suspects, AuditFaults& faults)
    : connection_(connection),
      suspects_(suspects),
      faults_(faults),
      access_(connection.prepare("SELECT idx FROM access WHERE patient = ? AND sequence = ?")),
      record_(connection.prepare("SELECT document FROM record WHERE idx = ?")) {}

void AuditSuspectsCheck::run() {
  look_up_records();
  for (const auto& patient : suspects_.patients) look_up_rows(patient);
}

void AuditSuspectsCheck::look_up_records() {
  auto records = connection_.prepare("SELECT idx, document FROM record WHERE document IS NOT NULL ORDER BY idx");
  while (records.step() && !faults_.is_full()) {
    const auto number = number_of(records.text(1), records.integer(0));
    if (number && suspects_.patients.contains(number->patient)) look_up(*number);
  }
}

void AuditSuspectsCheck::look_up(const PatientNumber& number) {
  look_up_number(number);
  if (number.index >= suspects_.position) return;
  if (registered(number.patient, number.sequence) != static_cast<std::int64_t>(number.index)) {
    faults_.note(number.index, fmt::format("The register of accesses doesn't have record {}.", number.index));
  }
}

void AuditSuspectsCheck::look_up_number(const PatientNumber& number) {
  auto& last = last_[number.patient];
  auto expected = last + 1;
  last = number.sequence;
  for (; expected < number.sequence; ++expected) {
    const auto index = registered(number.patient, expected);
    if (index < 0 || !suspects_.erased.contains(static_cast<std::uint64_t>(index))) break;
  }
  if (expected == number.sequence) return;
  faults_.note(number.index, fmt::format("Record {} has number {} among its patient's records, but {} is expected.",
                                         number.index, number.sequence, expected));
}

void AuditSuspectsCheck::look_up_rows(const Uuid& patient) {
  auto rows = connection_.prepare("SELECT sequence, idx FROM access WHERE patient = ? ORDER BY sequence");
  rows.bind(1, Blob(patient.bytes));
  std::uint64_t expected = 1;
  for (; rows.step() && !faults_.is_full(); ++expected) {
    const auto sequence = static_cast<std::uint64_t>(rows.integer(0));
    const auto index = rows.integer(1);
    const auto place = static_cast<std::uint64_t>(index);
    if (sequence != expected) {
      faults_.note(place, fmt::format("The register of accesses has record {} as number {} of a patient, but {} is "
                                      "expected.",
                                      index, sequence, expected));
      expected = sequence;
    } else if (place >= suspects_.position) {
      faults_.note(place, fmt::format("The register of accesses has record {}, but should end before record {}.", index,
                                      suspects_.position));
    } else if (!suspects_.erased.contains(place) && !names(index, patient, sequence)) {
      faults_.note(place, fmt::format("The register of accesses has record {} as number {} of a patient, which is not "
                                      "what the record says.",
                                      index, sequence));
    }
  }
}

bool AuditSuspectsCheck::names(std::int64_t index, const Uuid& patient, std::uint64_t sequence) {
  const ResetOnExit reset(record_);
  record_.bind(1, index);
  const auto number = record_.step() ? number_of(record_.text(0), index) : std::nullopt;
  return number && number->patient == patient && number->sequence == sequence;
}

std::int64_t AuditSuspectsCheck::registered(const Uuid& patient, std::uint64_t sequence) {
  const ResetOnExit reset(access_);
  access_.bind(1, Blob(patient.bytes)).bind(2, static_cast<std::int64_t>(sequence));
  return access_.step() ? access_.integer(0) : -1;
}

}  // namespace assay::sqlite
