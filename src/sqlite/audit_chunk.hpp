#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// A record's row as it is stored; an erased one has neither salt nor document.
struct RecordRow {
  std::uint64_t index = 0;
  Blob id;
  Blob entry;
  std::optional<Blob> salt;
  std::optional<std::string_view> document;
};

/// Rows of records one after the other, out of the statement and in one piece of memory.
class RecordRows {
 public:
  /// Takes a row of idx, id, entry, salt, document.
  void add(const Statement& row);

  std::size_t size() const { return places_.size(); }
  std::size_t bytes() const { return bytes_.size(); }
  /// A view that lives as long as nothing is added.
  RecordRow operator[](std::size_t i) const;

 private:
  struct Place {
    std::uint64_t index = 0;
    std::size_t begin = 0;
    std::size_t id = 0;  ///< sizes, of what stands one behind the other
    std::size_t entry = 0;
    std::size_t salt = 0;
    std::size_t document = 0;
    bool has_salt = false;
    bool has_document = false;
  };

  std::size_t append(Blob part);

  std::vector<Place> places_;
  std::vector<std::uint8_t> bytes_;
};

/// A full tile of level 0 as it is stored; of sizes that must be looked at.
struct StoredTile {
  std::uint64_t index = 0;
  std::vector<std::uint8_t> root;
  std::vector<std::uint8_t> hashes;
};

/// A signed note that somebody kept, and of which the tree must be.
struct KeptNote {
  std::string name;        ///< as sentences begin with it: "Checkpoint 7"
  std::uint64_t size = 0;  ///< of the tree, as the keeper has it
  std::string note;
  /// Of a log that a restore may have ended: its key may be unknown here, and its tree larger.
  bool is_from_before_restore = false;
};

/// A stretch of the register that is examined by itself: records, with what else is about them.
struct AuditChunk {
  RecordRows records;
  /// Whether the records begin with the first of a tile and lack none, so that they can be held against the tree.
  bool is_in_tree = true;
  std::uint64_t first = 0;
  std::vector<StoredTile> tiles;
  std::vector<KeptNote> notes;  ///< with sizes from `first` + 1 to the chunk's end, ascending

  std::uint64_t end() const { return first + records.size(); }
};

}  // namespace assay::sqlite
