#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/uuid.hpp"
#include "merkle/tile.hpp"
#include "merkle/tile_path.hpp"
#include "telemetry/span.hpp"

namespace assay::audit {

/// A record with what its entry in the log commits to.
struct LoggedRecord {
  std::uint64_t index = 0;
  /// The salt and the record in canonical form; both are gone once it is erased.
  std::optional<Bytes32> salt;
  std::string document;

  bool is_erased() const { return !salt; }
};

/// A record's place alone.
struct LoggedPlace {
  Uuid id;
  std::uint64_t index = 0;
};

/// Reads the log beside the writer, at the state of each call. Spans of reading begin
/// `under` the given place. For one thread at a time.
class LogReader {
 public:
  virtual ~LogReader() = default;

  virtual std::optional<LoggedRecord> find(const Uuid& id, const telemetry::SpanPlace& under) = 0;

  /// The hashes of a tile, one after the other. The tree must have it (merkle::is_in_tree).
  virtual std::string read_tile(const merkle::Tile& tile, const telemetry::SpanPlace& under) = 0;

  /// The entries of a bundle, in order. The tree must have them.
  virtual std::vector<Bytes32> read_entries(const merkle::EntryBundle& bundle, const telemetry::SpanPlace& under) = 0;

  /// The records that are parts of a search's, by index from `from` on, at most `limit`.
  virtual std::vector<LoggedPlace> read_disclosures(const Uuid& search, std::uint64_t from, std::size_t limit,
                                                    const telemetry::SpanPlace& under) = 0;
};

}  // namespace assay::audit
