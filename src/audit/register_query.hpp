#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "telemetry/span.hpp"

namespace assay::audit {

/// Asks for the records of which all holds that is set, by index. Of an erased record only its patient is known, and
/// its date as that of the next record which is still there. Where more than a hundred in a row are erased, one may be
/// told that is out of the period.
struct RegisterQuery {
  std::optional<Uuid> patient_id = {};
  std::optional<std::string> actor = {};  ///< an actor's id
  std::optional<std::string> operation = {};
  std::optional<Timestamp> from = {};    ///< recorded then or later
  std::optional<Timestamp> before = {};  ///< recorded before then
  std::uint64_t first = 0;               ///< the least index that counts
  std::uint64_t end = 0;                 ///< the least index that counts no more
  std::size_t limit = 1;                 ///< records on a page
};

/// A record as it is told.
struct RegisterEntry {
  std::uint64_t index = 0;
  Uuid id;
  std::string document;  ///< in canonical form; empty once the record was erased
};

/// May have fewer records than the limit, and none, while there is more: a call looks at a bounded number of records.
struct RegisterPage {
  std::vector<RegisterEntry> entries;
  std::optional<std::uint64_t> next;  ///< the index to go on from; nothing at the end
};

/// Asks for a patient's accesses by number.
struct AccessQuery {
  Uuid patient_id;
  std::uint64_t first = 1;                 ///< the least number
  std::optional<std::uint64_t> last = {};  ///< the largest number; else that of the last access of the tree
  std::uint64_t tree_size = 0;             ///< only accesses with a lower index count
  std::size_t limit = 1;
};

struct PatientAccess {
  std::uint64_t sequence = 0;  ///< 1, 2, … without gaps
  RegisterEntry entry;
};

struct AccessPage {
  std::uint64_t count = 0;  ///< of all the patient's accesses in the tree
  std::vector<PatientAccess> accesses;
  std::optional<std::uint64_t> next;  ///< the number to go on from; nothing at the end
};

/// Reads the register of who saw what. Each call sees all that was durable when it began. Throws Unavailable when it
/// can't be read.
class RegisterReader {
 public:
  virtual ~RegisterReader() = default;

  virtual Awaitable<RegisterPage> find(RegisterQuery query, telemetry::SpanPlace under) = 0;
  virtual Awaitable<AccessPage> read_accesses(AccessQuery query, telemetry::SpanPlace under) = 0;
};

}  // namespace assay::audit
