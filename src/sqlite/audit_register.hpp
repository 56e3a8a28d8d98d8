#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "base/uuid.hpp"
#include "sqlite/audit_attributes.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// The register of accesses: which record is a patient's first, second, …, and which are an actor's, and of an
/// operation. It is kept behind the records, in sorted batches; what it doesn't have yet is the tail, in memory. On the
/// writer's thread only.
class AccessRegister {
 public:
  /// The tail is empty, as if the register had all.
  explicit AccessRegister(Connection& connection);

  /// The index below which the register has all records.
  std::uint64_t position();

  /// Forgets the tail.
  void clear();
  /// Adds an access to the tail; indexes ascend.
  void note(const Uuid& patient, std::uint64_t sequence, std::uint64_t index);
  /// Adds what any record is found by, likewise.
  void note(const audit::Attributes& attributes, std::uint64_t index) { attributes_.note(attributes, index); }

  /// The number of the patient's next access.
  std::uint64_t next_sequence(const Uuid& patient);

  /// Moves what the tail has below `position` into the register, inside the open transaction.
  void advance(std::uint64_t position);

 private:
  struct Access {
    Uuid patient;
    std::uint64_t sequence = 0;
    std::uint64_t index = 0;
  };
  struct Last {
    std::uint64_t sequence = 0;
    std::size_t in_tail = 0;
  };

  void forget_first();

  AttributeIndex attributes_;
  std::deque<Access> tail_;
  std::unordered_map<Uuid, Last> last_in_tail_;
  Statement select_last_;
  Statement insert_;
  Statement select_position_;
  Statement update_position_;
};

}  // namespace assay::sqlite
