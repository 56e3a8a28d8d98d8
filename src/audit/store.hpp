#pragma once

#include <string>
#include <vector>

#include "audit/record.hpp"
#include "base/async.hpp"
#include "base/error.hpp"

namespace assay::audit {

/// An attempt to write, whose end the register doesn't know.
struct Intent {
  Uuid id;
  std::uint64_t index = 0;
  std::optional<Uuid> patient_id;
  Resource resource;
};

/// Where others hand their records in: the store in the same process, or a client of the audit service.
class Appender {
 public:
  virtual ~Appender() = default;

  /// Appends all or nothing and returns once they are durable, in the order given, with consecutive
  /// indexes. A record whose id is known with the same content is acknowledged again with its first
  /// index; with other content the whole call is a Problem 409. Throws Unavailable or another exception
  /// when the records are not durable.
  virtual Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> records) = 0;

  /// The attempts to write to a patient (operations "create", "update" and "import") of that source at `from` or
  /// above that no outcome names yet, by index, at most `limit`.
  virtual Awaitable<std::vector<Intent>> open_intents(std::string source_system_name, std::uint64_t from,
                                                      std::size_t limit) = 0;
};

/// Where audit records live; the port that each store adapter implements.
class Store : public Appender {
 public:
  /// How many records there are: the next index.
  virtual std::uint64_t size() const = 0;
};

}  // namespace assay::audit
