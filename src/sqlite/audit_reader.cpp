#include "sqlite/audit_reader.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/error.hpp"
#include "merkle/hashing.hpp"
#include "sqlite/audit_tree.hpp"
#include "sqlite/store_span.hpp"

namespace assay::sqlite {

namespace {

constexpr std::string_view kDatabase = "audit";

Bytes32 bytes32_of(Blob blob) {
  Bytes32 bytes{};
  if (blob.size() != bytes.size()) throw std::runtime_error("the audit database holds a hash of the wrong size");
  std::ranges::copy(blob, bytes.begin());
  return bytes;
}

/// What is served is kept by caches for ever.
void require_whole(std::size_t found, std::size_t wanted) {
  if (found != wanted) throw Unavailable("the audit database lacks a part of the log; run 'assay check'");
}

void append_to(std::string& tile, Blob hash) { tile.append(hash.begin(), hash.end()); }

}  // namespace

AuditReader::AuditReader(const std::filesystem::path& file)
    : connection_(file, Access::kReadOnly),
      select_record_(connection_.prepare("SELECT idx, salt, document FROM record WHERE id = ?")),
      select_tile_(connection_.prepare("SELECT hashes FROM tile WHERE place = ?")),
      select_roots_(connection_.prepare("SELECT root FROM tile WHERE place >= ? AND place < ? ORDER BY place")),
      select_entries_(connection_.prepare("SELECT entry FROM record WHERE idx >= ? AND idx < ? ORDER BY idx")),
      select_disclosures_(connection_.prepare(
          "SELECT record.id, record.idx FROM disclosure JOIN record ON record.idx >= max(first, ?2) AND "
          "record.idx < first + count WHERE search = ?1 AND first + count > ?2 ORDER BY first, record.idx LIMIT ?3")) {}

std::optional<audit::LoggedRecord> AuditReader::find(const Uuid& id, const telemetry::SpanPlace& under) {
  const auto span = store_span(under, kDatabase, "SELECT record");
  const ResetOnExit reset(select_record_);
  select_record_.bind(1, Blob(id.bytes));
  if (!select_record_.step()) return std::nullopt;
  audit::LoggedRecord record{
      .index = static_cast<std::uint64_t>(select_record_.integer(0)), .salt = std::nullopt, .document = {}};
  if (select_record_.is_null(1)) return record;
  record.salt = bytes32_of(select_record_.blob(1));
  record.document = select_record_.text(2);
  return record;
}

std::string AuditReader::read_tile(const merkle::Tile& tile, const telemetry::SpanPlace& under) {
  const auto span = store_span(under, kDatabase, "SELECT tile");
  auto hashes = read_stored_tile(tile);
  if (hashes.empty()) hashes = make_tile(tile);
  require_whole(hashes.size(), tile.width * sizeof(merkle::Hash));
  return hashes;
}

std::string AuditReader::read_stored_tile(const merkle::Tile& tile) {
  const ResetOnExit reset(select_tile_);
  select_tile_.bind(1, place_of(tile));
  if (!select_tile_.step()) return {};
  const auto stored = select_tile_.blob(0);
  const auto bytes = std::min(stored.size(), tile.width * sizeof(merkle::Hash));
  return {stored.begin(), stored.begin() + static_cast<std::ptrdiff_t>(bytes)};
}

std::string AuditReader::make_tile(const merkle::Tile& tile) {
  std::string hashes;
  if (tile.level == 0) {
    for (const auto& entry : read_entries({.index = tile.index, .width = tile.width}, {})) {
      append_to(hashes, merkle::leaf_hash(entry));
    }
    return hashes;
  }
  const auto first = place_of({.level = tile.level - 1, .index = tile.index * merkle::kTileWidth});
  const ResetOnExit reset(select_roots_);
  select_roots_.bind(1, first).bind(2, first + tile.width);
  while (select_roots_.step()) append_to(hashes, select_roots_.blob(0));
  return hashes;
}

std::vector<Bytes32> AuditReader::read_entries(const merkle::EntryBundle& bundle, const telemetry::SpanPlace& under) {
  const auto span = store_span(under, kDatabase, "SELECT record");
  const auto first = static_cast<std::int64_t>(bundle.index * merkle::kTileWidth);
  const ResetOnExit reset(select_entries_);
  select_entries_.bind(1, first).bind(2, first + bundle.width);
  std::vector<Bytes32> entries;
  entries.reserve(bundle.width);
  while (select_entries_.step()) entries.push_back(bytes32_of(select_entries_.blob(0)));
  require_whole(entries.size(), bundle.width);
  return entries;
}

std::vector<audit::LoggedPlace> AuditReader::read_disclosures(const Uuid& search, std::uint64_t from, std::size_t limit,
                                                              const telemetry::SpanPlace& under) {
  const auto span = store_span(under, kDatabase, "SELECT disclosure");
  const ResetOnExit reset(select_disclosures_);
  select_disclosures_.bind(1, Blob(search.bytes))
      .bind(2, static_cast<std::int64_t>(from))
      .bind(3, static_cast<std::int64_t>(limit));
  std::vector<audit::LoggedPlace> places;
  while (select_disclosures_.step()) {
    audit::LoggedPlace place{.id = {}, .index = static_cast<std::uint64_t>(select_disclosures_.integer(1))};
    std::ranges::copy(select_disclosures_.blob(0), place.id.bytes.begin());
    places.push_back(place);
  }
  return places;
}

}  // namespace assay::sqlite
