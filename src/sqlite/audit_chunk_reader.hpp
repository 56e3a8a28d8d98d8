#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sqlite/audit_chunk.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Reads an audit database chunk by chunk in the order of the records, inside the connection's open transaction. Says
/// which records are missing; from the first of these on no chunk is in the tree.
class AuditChunkReader {
 public:
  /// `kept` are notes from outside the database.
  AuditChunkReader(const Connection& connection, std::vector<KeptNote> kept, AuditFaults& faults);

  /// Nothing at the end.
  std::optional<AuditChunk> next();

  /// The records so far that miss none before them.
  std::uint64_t whole() const { return whole_; }
  bool misses_records() const { return misses_records_; }
  /// At the end: the next of those notes that are in no chunk, since no record reaches their size.
  std::optional<KeptNote> next_note_beyond();

 private:
  void advance();
  void skip_missing();
  void read_tiles(AuditChunk& chunk);
  void read_notes(AuditChunk& chunk);
  /// The next note by size, from the database or from outside.
  void advance_notes();
  const KeptNote* next_note() const;
  KeptNote take_note();

  AuditFaults& faults_;
  Statement records_;
  Statement tiles_;
  Statement notes_;
  std::deque<KeptNote> kept_;  ///< ascending
  std::optional<KeptNote> stored_note_;
  std::int64_t last_note_row_ = 0;
  bool has_record_ = false;
  bool misses_records_ = false;
  std::uint64_t whole_ = 0;
  std::int64_t expected_ = 0;
};

}  // namespace assay::sqlite
