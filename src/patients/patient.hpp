#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/uuid.hpp"

namespace assay::patients {

/// The fields of a patient that callers set, in the order in which faults are looked for. New ones come at the end: the
/// search indexes store the number.
enum class Field : std::uint8_t {
  kFirstName,
  kLastName,
  kFullName,
  kGender,
  kDateOfBirth,
  kPostCode,
  kInsuranceNumber,
  kPreferredContactNumber,
};

inline constexpr std::size_t kFieldCount = 8;

/// The JSON names, indexed by Field.
inline constexpr std::array<std::string_view, kFieldCount> kFieldNames{
    "firstName",   "lastName", "fullName",        "gender",
    "dateOfBirth", "postCode", "insuranceNumber", "preferredContactNumber"};

/// A patient's fields; each may be absent.
struct Patient {
  std::array<std::optional<std::string>, kFieldCount> fields;

  std::optional<std::string>& operator[](Field field) { return fields[static_cast<std::size_t>(field)]; }
  const std::optional<std::string>& operator[](Field field) const { return fields[static_cast<std::size_t>(field)]; }

  bool operator==(const Patient&) const = default;
};

/// What a patient or a test takes at most as JSON, in bytes: a request of an import takes 1 MiB, and a line of it has
/// more around the document.
inline constexpr std::size_t kLargestDocument = std::size_t{1023} * 1024;

/// A patient as the store holds it.
struct StoredPatient {
  Uuid id;
  Timestamp last_updated;
  Patient patient;

  bool operator==(const StoredPatient&) const = default;
};

/// The fields of `current`, replaced by those that `changes` has.
Patient merge(Patient current, Patient changes);

/// The document that clients get: the fields present, then `id` and `lastUpdated`.
std::string to_json(const StoredPatient& patient);

/// The first day that a birth date (YYYY, YYYY-MM or YYYY-MM-DD) names; nothing for anything else.
std::optional<std::chrono::sys_days> first_day(std::string_view date_of_birth);

/// The version after `previous`: now, but always later than it.
Timestamp next_version(Timestamp now, Timestamp previous);

/// The strong entity tag of a document's version (RFC 9110 section 8.8.3), with its quotes.
std::string entity_tag(Timestamp last_updated);

}  // namespace assay::patients
