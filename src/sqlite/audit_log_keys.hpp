#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merkle/verification.hpp"
#include "merkle/verifier_key.hpp"
#include "sqlite/audit_chunk.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/audit_restore.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// The names and keys under which a log was signed, for the examination of what they signed.
class AuditLogKeys {
 public:
  /// Out of an audit database; notes what can't be so. A key is the log's first, or begins with a record that tells of
  /// a restore.
  static AuditLogKeys read(const Connection& connection, AuditFaults& faults);

  std::size_t size() const { return origins_.size(); }

  /// What the records tell with which later keys begin.
  const std::vector<AuditRestore>& restores() const { return restores_; }
  /// The checkpoints that those records name, as far as their records were restored.
  std::vector<KeptNote> restored_notes() const;

  /// Notes each key that the log was never signed with, and each that it goes on under after one of those given.
  void compare(const std::vector<merkle::VerifierKey>& given, AuditFaults& faults) const;

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
    std::optional<std::uint64_t> last_size;  ///< of one that a restore has ended
  };

  void add(std::int64_t row, std::string_view key, std::uint64_t first_size, AuditFaults& faults);
  void examine_restore(const AuditRestore& restore, AuditFaults& faults) const;
  const Origin* find(std::string_view name) const;

  std::vector<Origin> origins_;
  std::vector<AuditRestore> restores_;
};

}  // namespace assay::sqlite
