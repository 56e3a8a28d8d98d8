#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/erasure.hpp"
#include "audit/log_reader.hpp"
#include "audit/record.hpp"
#include "base/async.hpp"
#include "base/error.hpp"
#include "merkle/verification.hpp"
#include "telemetry/span.hpp"

namespace assay::audit {

/// An attempt to write, whose end the register doesn't know.
struct Intent {
  Uuid id;
  std::uint64_t index = 0;
  std::optional<Uuid> patient_id;
  Resource resource;
};

/// What a stretch of the register says about the patients service's attempts to write.
struct IntentPage {
  std::vector<Intent> open;  ///< those of the stretch that none of its outcomes names, by index
  std::vector<Uuid> ended;   ///< others that its outcomes name
  std::uint64_t next = 0;    ///< where the next stretch begins; of the last one: how many records there are
  bool is_last = true;
};

/// Where others hand their records in: the store in the same process, or a client of the audit service.
class Appender {
 public:
  virtual ~Appender() = default;

  /// Appends all or nothing and returns once they are durable, in the order given, with consecutive
  /// indexes. A record whose id is known with the same content is acknowledged again with its first
  /// index; with other content the whole call is a Problem 409. Throws Unavailable or another exception
  /// when the records are not durable. Spans of what is done for it begin `under` that place.
  virtual Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> records,
                                                          telemetry::SpanPlace under) = 0;
};

/// What the patients service needs of the register: the store in the same process, or a client of the audit service.
class Register : public Appender {
 public:
  /// Reads a bounded stretch of the register from `from` on, with all that was handed in before: which of the patients
  /// service's attempts to write to a patient (operations "create", "update", "import" and "erase") have ended, other
  /// than in success, and which are open.
  virtual Awaitable<IntentPage> read_intents(std::uint64_t from) = 0;
};

/// A name and a key under which the log is signed, from a size on until the next.
struct LogOrigin {
  std::string verifier_key;  ///< as C2SP signed-note writes it, the name first
  std::uint64_t first_size = 0;
  std::optional<Timestamp> begun = {};  ///< when the record was stored with which it begins; nothing where none is

  bool operator==(const LogOrigin&) const = default;
};

/// Where audit records live; the port that each store adapter implements. Safe from any I/O thread.
class Store : public Register {
 public:
  /// The log's tree over all records that are durable. Safe from any thread.
  virtual merkle::TreeHead head() const = 0;

  /// Under which names and keys the log was signed, in their order; the last is the one in force.
  virtual std::vector<LogOrigin> read_origins() const = 0;
  /// Begins a new one, and appends the records that `tell` makes of the number of those before it, all or nothing;
  /// durable on return. Returns that number.
  virtual Awaitable<std::uint64_t> begin_origin(std::string verifier_key,
                                                std::function<std::vector<NewRecord>(std::uint64_t size)> tell) = 0;

  /// The note of the checkpoint that was kept last; empty when there is none.
  virtual std::string read_newest_checkpoint() const = 0;
  /// Keeps a signed checkpoint; durable on return.
  virtual Awaitable<void> keep_checkpoint(std::uint64_t size, std::string note) = 0;

  /// Destroys the content of records and appends the record that says so, all or nothing; durable on return. Nothing is
  /// appended where all were erased before. Problem 404 for an index that no record has, 409 for a record about the
  /// log.
  virtual Awaitable<Result<Erased>> erase(Erasure erasure, telemetry::SpanPlace under) = 0;
  /// A bounded number of records from `from` on that have their content and were stored before `moment`, but for those
  /// about the log.
  virtual Awaitable<OldRecords> find_older(Timestamp moment, std::uint64_t from) = 0;

  /// A reader of the log, for a thread of its own.
  virtual std::unique_ptr<LogReader> open_reader() const = 0;
};

}  // namespace assay::audit
