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
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// The names and keys under which a log was signed, for the examination of what they signed.
class AuditLogKeys {
 public:
  /// Out of an audit database; notes what can't be so. A key is the log's first, or begins with a record that tells of
  /// a restore.
  static AuditLogKeys read(const Connection& connection, AuditFaults& faults);

  std::size_t size() const { return origins_.size(); }
  bool has(const merkle::VerifierKey& key) const;

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
  const Origin* find(std::string_view name) const;

  std::vector<Origin> origins_;
};

}  // namespace assay::sqlite
