#pragma once

#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "base/async.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "patients/patient.hpp"
#include "patients/search.hpp"
#include "patients/test_result.hpp"
#include "telemetry/span.hpp"

namespace assay::patients {

/// The durable audit record under which a change is made. The store keeps it in the change's own
/// transaction, so that after a crash it is known which attempts were carried out.
struct Warrant {
  Uuid record_id;
  std::uint64_t record_index = 0;
  /// All attempts below this index are settled; the store may forget them.
  std::uint64_t settled_below = 0;
};

/// A create that may be repeated: kept in the transaction of the document.
struct IdempotencyRow {
  Bytes32 scope_hash{};  ///< of principal, route and key
  Bytes32 body_digest{};
  Uuid document_id;
  Timestamp created;
};

enum class WriteFault {
  kNoSuchPatient,
  kPreconditionFailed,
  kTooLarge,  ///< merged it would be larger than kLargestDocument
};

/// Decides inside the writer whether the current version may be updated (If-Match and If-None-Match).
struct Precondition {
  bool any_version = true;                             ///< no If-Match, or `*`
  std::vector<std::string> entity_tags;                ///< else one of these must be the current one's
  bool no_version = false;                             ///< If-None-Match is `*`
  std::vector<std::string> excluded_entity_tags = {};  ///< none of these may be the current one's

  bool holds(Timestamp last_updated) const;
};

struct PatientUpdate {
  Uuid id;
  Patient changes;
  Precondition precondition;
  Timestamp now;
};

/// What the erasure of a patient took away.
struct ErasedPatient {
  std::size_t tests = 0;
  bool is_out_of_the_files = true;  ///< false while a reader still holds copies in the database's log
};

/// A document of an import, with its id and version kept.
using ImportedDocument = std::variant<StoredPatient, StoredTest>;

enum class ImportResult {
  kCreated,
  kSkipped,        ///< it exists with the same content
  kConflict,       ///< it exists with other content
  kNoSuchPatient,  ///< a test of a patient that does not exist
  kLeftOut,        ///< it could be created, but another document of its patient in the same import could not
};

/// Where patients and tests live; the port that each store adapter implements. Every change is durable
/// when its call returns. Calls throw Unavailable or another exception when the store can't do its work;
/// then nothing was changed. What a request needs gets the place under which its spans begin.
class Store {
 public:
  virtual ~Store() = default;

  virtual Awaitable<void> create_patient(StoredPatient patient, std::optional<IdempotencyRow> idempotency,
                                         Warrant warrant, telemetry::SpanPlace under) = 0;
  /// Merges and returns the new version, whose `last_updated` is `next_version` of the old one.
  virtual Awaitable<std::expected<StoredPatient, WriteFault>> update_patient(PatientUpdate update, Warrant warrant,
                                                                             telemetry::SpanPlace under) = 0;
  /// Removes the patient with all tests and all that was kept of both, copies in the database's files too.
  virtual Awaitable<std::expected<ErasedPatient, WriteFault>> erase_patient(Uuid id, Warrant warrant,
                                                                            telemetry::SpanPlace under) = 0;
  /// Overwrites the copies in files that an erasure left which was cut off behind its transaction.
  virtual Awaitable<void> finish_erasure() = 0;
  virtual Awaitable<std::optional<StoredPatient>> find_patient(Uuid id, telemetry::SpanPlace under) = 0;
  /// A search finds what was written before it began, and never what was overwritten.
  virtual Awaitable<SearchPage> search(Criteria criteria, std::optional<Position> after, std::size_t limit,
                                       telemetry::SpanPlace under) = 0;

  /// kNoSuchPatient when the test's patient does not exist.
  virtual Awaitable<std::expected<void, WriteFault>> create_test(StoredTest test,
                                                                 std::optional<IdempotencyRow> idempotency,
                                                                 Warrant warrant, telemetry::SpanPlace under) = 0;
  /// Ids only, from the index, in the order of creation.
  virtual Awaitable<std::vector<Uuid>> list_tests(Uuid patient_id, telemetry::SpanPlace under) = 0;
  /// Exactly those tests of that patient that exist, in the order given.
  virtual Awaitable<std::vector<StoredTest>> load_tests(Uuid patient_id, std::vector<Uuid> ids,
                                                        telemetry::SpanPlace under) = 0;

  /// All in one transaction; a result for each document. `warrants` are parallel to `documents`. A patient with the
  /// tests that follow it is stored as a whole or not at all.
  virtual Awaitable<std::vector<ImportResult>> import(std::vector<ImportedDocument> documents,
                                                      std::vector<Warrant> warrants, telemetry::SpanPlace under) = 0;

  virtual Awaitable<std::optional<IdempotencyRow>> find_idempotency(Bytes32 scope_hash, telemetry::SpanPlace under) = 0;
  /// Forgets the rows made before `before`.
  virtual Awaitable<void> sweep_idempotency(Timestamp before) = 0;

  /// Which of these attempts were carried out.
  virtual Awaitable<std::vector<bool>> were_carried_out(std::vector<Uuid> record_ids) = 0;
  /// The index below which all attempts are settled, as last stored.
  virtual Awaitable<std::uint64_t> settled_below() = 0;
  /// Stores that all attempts below the index are settled, if that is higher; durable on return.
  virtual Awaitable<void> raise_settled_below(std::uint64_t index) = 0;
};

}  // namespace assay::patients
