#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "merkle/verification.hpp"
#include "merkle/verifier_key.hpp"
#include "sqlite/audit_chunk.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/audit_restore.hpp"
#include "sqlite/audit_rotation.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// The names and keys under which a log was signed, for the examination of what they signed.
class AuditLogKeys {
 public:
  /// Out of an audit database; notes what can't be so. A key is the log's first, or begins with a record that tells of
  /// a restore, or of a rotation to this key.
  static AuditLogKeys read(const Connection& connection, AuditFaults& faults);

  /// How many names of logs there are.
  std::size_t names() const { return origins_.size() - rotations_.size(); }

  /// What the records tell with which later keys begin.
  const std::vector<AuditRestore>& restores() const { return restores_; }
  /// The checkpoints that those records name, as far as their records were restored.
  std::vector<KeptNote> restored_notes() const;

  /// What the records tell with which a log of the same name got another key.
  const std::vector<AuditRotation>& rotations() const { return rotations_; }
  /// Whether a key begins with the record at that index, which tells of a rotation. Safe from any thread.
  bool is_rotated_at(std::uint64_t index) const;

  /// Notes each key that the log was never signed with, and each that it goes on under after one of those given, unless
  /// one of those has signed the newest checkpoint too.
  void compare(const Connection& connection, const std::vector<merkle::VerifierKey>& given, AuditFaults& faults) const;

  /// Whether the note is of the log's present name, verified or not.
  bool is_in_force(std::string_view note) const;
  /// Notes that the log's present name is one of which no checkpoint was kept last, or that records have no log.
  void require_signed(const Connection& connection, std::uint64_t records, AuditFaults& faults) const;

  /// The tree that a kept note vouches for; a sentence when the note is not what its keeper, its log and its log's key
  /// say. Safe from any thread.
  std::expected<merkle::TreeHead, std::string> open(const KeptNote& kept) const;

 private:
  struct Origin {
    merkle::VerifierKey key;
    std::uint64_t first_size = 0;
    std::optional<std::uint64_t> last_size = {};  ///< of one that another has replaced
    bool is_rotation = false;                     ///< of the log before, whose name it has
  };

  /// A row of the table.
  struct Row {
    std::int64_t number = 0;
    std::string_view key;
    std::uint64_t first_size = 0;
  };

  void read_row(const Row& row, Statement& record, AuditFaults& faults);
  void add(const Row& row, bool is_rotation, AuditFaults& faults);
  void add_rotation(const Row& row, AuditRotation rotation, AuditFaults& faults);
  void examine_restore(const AuditRestore& restore, AuditFaults& faults) const;
  /// The keys of the log of that name, in the order in which they came into force.
  std::span<const Origin> keys_of(std::string_view name) const;
  static std::vector<merkle::VerifierKey> all_of(std::span<const Origin> keys);
  /// Those that were in force at a size: two where the second began with it.
  static std::vector<merkle::VerifierKey> in_force_of(std::span<const Origin> keys, std::uint64_t size);

  std::vector<Origin> origins_;
  std::vector<AuditRestore> restores_;
  std::vector<AuditRotation> rotations_;
};

}  // namespace assay::sqlite
