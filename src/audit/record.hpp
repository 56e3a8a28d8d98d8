#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/attributes.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/principal.hpp"
#include "base/uuid.hpp"

namespace assay::audit {

/// The name by which the patients service signs its records, as in the reference.
inline constexpr std::string_view kPatientsSource = "PatientTestApi";
/// The name by which the gateway signs its own.
inline constexpr std::string_view kGatewaySource = "AssayGateway";
/// The name by which the audit service signs its own records.
inline constexpr std::string_view kAuditSource = "AssayAudit";

/// What was accessed and how: free texts, as the contract has them.
struct Resource {
  std::string type;
  std::optional<std::string> id;
  std::string operation;

  bool operator==(const Resource&) const = default;
};

/// How an operation ended, other than in success; or what a restart found out about it.
struct Outcome {
  std::string
      result;  ///< "not-found", "not-modified", "precondition-failed", "conflict", "failed", "done" or "not-done"
  Uuid of;     ///< the record of the attempt

  bool operator==(const Outcome&) const = default;
};

/// A record as it is handed in. The writer adds the date, the index and the patient's number.
struct NewRecord {
  Uuid id;
  std::string source_system_name;
  std::optional<Resource> resource;
  std::optional<Principal> actor;  ///< absent only on records of the reference's form
  std::string operation_id;        ///< the trace id's 32 hexadecimal digits; empty when there is none
  std::optional<Uuid> patient_id;  ///< the one patient that it is about
  std::optional<Outcome> outcome;
  std::optional<Uuid> part_of = {};  ///< of a disclosure the search's record; of one of several the first

  bool operator==(const NewRecord&) const = default;
};

/// A record as the register holds it.
struct StoredRecord {
  NewRecord record;
  Timestamp created_date;
  std::optional<std::uint64_t> patient_sequence;  ///< 1, 2, … without gaps for each patient
};

/// A record's place in the register, known once it is durable.
struct Appended {
  Uuid id;
  std::uint64_t index = 0;
  Timestamp created_date;
  std::optional<std::uint64_t> patient_sequence;  ///< 1, 2, … without gaps for each patient
};

/// The record as JSON in full; its canonical form is what the store keeps.
json::object to_json(const NewRecord& record, Timestamp created_date, std::optional<std::uint64_t> patient_sequence);

/// The resource as JSON: `type`, `id` when it is set, `operation`.
json::object to_json(const Resource& resource);

/// Reads what `to_json` makes, as text; nothing for anything else.
std::optional<StoredRecord> parse_record(std::string_view document);

/// Whether `sent` is `stored` handed in once more. The token and the scope of a principal are not compared, and
/// not the operation of a caller known by its host key alone: that is its request's, and a repeat is another.
bool is_repeat(const NewRecord& sent, const NewRecord& stored);

/// What the log commits to: SHA-256 over the salt and the record in canonical form. It tells nothing of the record to
/// who doesn't have both.
Bytes32 log_entry(const Bytes32& salt, std::string_view document);

/// A record in canonical form (RFC 8785) with two places left open, for the date and the patient's number, which
/// only the writer knows: so it is serialised once, where it is handed in, and the writer just joins texts.
class Draft {
 public:
  explicit Draft(NewRecord record);

  const NewRecord& record() const { return record_; }
  const Attributes& attributes() const { return attributes_; }

  /// The canonical form of `to_json` with the same arguments.
  std::string complete(Timestamp created_date, std::optional<std::uint64_t> patient_sequence) const;

 private:
  NewRecord record_;
  Attributes attributes_;
  std::string text_;  ///< the canonical form without date and number
  std::size_t date_position_ = 0;
  std::size_t number_position_ = 0;
};

}  // namespace assay::audit
