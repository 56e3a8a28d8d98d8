#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/principal.hpp"
#include "base/uuid.hpp"

namespace assay::patients {

/// An access that is about to be attempted, in the words of the contract's section 5.
struct Access {
  Uuid record_id;             ///< chosen here, so that a repeat is recognised
  std::string resource_type;  ///< "patient" or "test"
  std::string operation;      ///< "create", "find", "update", "search", "read", "disclose" or "import"
  std::string resource_id;
  std::optional<Uuid> patient_id;
  std::optional<Principal> principal;  ///< absent: the caller is known by its host key only
  std::string operation_id;
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

/// Where the patients service reports what it is about to do: no record, no access.
class AccessLog {
 public:
  virtual ~AccessLog() = default;

  /// Returns once all are durable, in the order given; throws when they are not, whatever the reason:
  /// OutcomeUnknown when they may be durable all the same.
  virtual Awaitable<std::vector<RecordedAccess>> record(std::vector<Access> accesses) = 0;

  /// Hands in how an attempt ended ("not-found", "failed", …); queued at once and not waited for. The
  /// record repeats `attempt`'s resource, patient and principal and names its id. `once_durable` (may be
  /// empty) is called on any thread when the record is durable, and never if it can't be. Never throws.
  virtual void record_outcome(Access attempt, std::string result, std::move_only_function<void()> once_durable) = 0;

  /// The attempts to write at `from` or above whose end the register doesn't know, at most `limit`.
  virtual Awaitable<std::vector<OpenIntent>> open_intents(std::uint64_t from, std::size_t limit) = 0;
};

}  // namespace assay::patients
