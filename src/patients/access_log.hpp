#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/principal.hpp"
#include "base/uuid.hpp"
#include "telemetry/span.hpp"

namespace assay::patients {

/// An access that is about to be attempted, in the words of the contract's section 5.
struct Access {
  Uuid record_id;             ///< chosen here, so that a repeat is recognised
  std::string resource_type;  ///< "patient" or "test"
  std::string operation;      ///< "create", "find", "update", "search", "read", "disclose", "import" or "erase"
  std::string resource_id;
  std::optional<Uuid> patient_id;
  std::optional<Principal> principal;  ///< absent: the caller is known by its host key only
  std::string operation_id;
  std::optional<Uuid> part_of = {};  ///< of a disclosure the search's record, of one of several the first
  telemetry::SpanPlace span = {};    ///< where spans of what is done for it begin
};

struct RecordedAccess {
  Uuid record_id;
  std::uint64_t index = 0;
};

/// An attempt to write, whose end the register doesn't know.
struct OpenIntent {
  Uuid record_id;
  std::uint64_t index = 0;
  std::optional<Uuid> patient_id;
  std::string resource_type;
  std::string operation;
  std::string resource_id;
};

/// What a stretch of the register says about attempts to write.
struct IntentPage {
  std::vector<OpenIntent> open;  ///< those of the stretch that none of its outcomes names, by index
  std::vector<Uuid> ended;       ///< those before the stretch that its outcomes name
  std::uint64_t next = 0;        ///< where the next stretch begins; of the last one: how many records there are
  bool is_last = true;
};

/// How an attempt ended, other than in success.
struct End {
  Uuid record_id;  ///< chosen here, as the attempt's own is
  Access attempt;
  std::string outcome;  ///< "not-found", "failed", …
};

/// Where the patients service reports what it is about to do: no record, no access.
class AccessLog {
 public:
  virtual ~AccessLog() = default;

  /// Returns once all are durable, in the order given; throws when they are not, whatever the reason:
  /// OutcomeUnknown when they may be durable all the same.
  virtual Awaitable<std::vector<RecordedAccess>> record(std::vector<Access> accesses) = 0;

  /// Records how attempts ended, each in a record that repeats the attempt's patient, principal and resource and
  /// names its id; together at most 1,000. Throws when they are not durable.
  virtual Awaitable<void> record_ends(std::vector<End> ends) = 0;

  /// Records the end of an attempt whose own record may be missing, and that one before it. Either may be there
  /// already. Throws when they are not durable.
  virtual Awaitable<void> record_with_attempt(End end) = 0;

  /// As `record_ends`, but queued at once and not waited for. `done` (may be empty) is called on any thread, with
  /// whether the records are durable. Never throws.
  virtual void queue_ends(std::vector<End> ends, std::move_only_function<void(bool durable)> done) = 0;

  /// Reads a stretch of the register that begins at `from`.
  virtual Awaitable<IntentPage> read_intents(std::uint64_t from) = 0;
};

}  // namespace assay::patients
