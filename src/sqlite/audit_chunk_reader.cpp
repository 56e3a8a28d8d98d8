#include "sqlite/audit_chunk_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay::sqlite {

namespace {

constexpr std::size_t kTileWidth = 256;
/// A chunk ends with a tile, once it has so many bytes or records.
constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;
constexpr std::size_t kChunkRecords = 8 * kTileWidth;

std::deque<KeptNote> ascending(std::vector<KeptNote> notes) {
  std::ranges::sort(notes, {}, &KeptNote::size);
  return {std::make_move_iterator(notes.begin()), std::make_move_iterator(notes.end())};
}

bool is_full(const AuditChunk& chunk) {
  const auto records = chunk.records.size();
  return records > 0 && records % kTileWidth == 0 && (records >= kChunkRecords || chunk.records.bytes() >= kChunkBytes);
}

std::vector<std::uint8_t> copy_of(Blob blob) { return {blob.begin(), blob.end()}; }

}  // namespace

AuditChunkReader::AuditChunkReader(const Connection& connection, std::vector<KeptNote> kept, AuditFaults& faults)
    : faults_(faults),
      records_(connection.prepare("SELECT idx, id, entry, salt, document FROM record ORDER BY idx")),
      tiles_(connection.prepare("SELECT place, root, hashes FROM tile WHERE place >= ? AND place < ? ORDER BY place")),
      notes_(connection.prepare("SELECT row, size, note FROM checkpoint ORDER BY size, row")),
      kept_(ascending(std::move(kept))) {
  advance();
  advance_notes();
}

void AuditChunkReader::advance() { has_record_ = records_.step(); }

void AuditChunkReader::skip_missing() {
  const auto index = records_.integer(0);
  if (index == expected_) return;
  misses_records_ = true;
  const auto place = static_cast<std::uint64_t>(std::max<std::int64_t>(expected_, 0));
  faults_.note(place, index < 0 ? fmt::format("There is a record before the first, with the index {}.", index)
                                : fmt::format("Record {} is missing: the next is {}.", expected_, index));
  expected_ = index;
}

std::optional<AuditChunk> AuditChunkReader::next() {
  if (!has_record_) return std::nullopt;
  skip_missing();
  AuditChunk chunk;
  chunk.is_in_tree = !misses_records_;
  chunk.first = static_cast<std::uint64_t>(expected_);
  while (has_record_ && records_.integer(0) == expected_ && !is_full(chunk)) {
    chunk.records.add(records_);
    ++expected_;
    advance();
  }
  if (!chunk.is_in_tree) return chunk;
  whole_ = chunk.end();
  read_tiles(chunk);
  read_notes(chunk);
  return chunk;
}

void AuditChunkReader::read_tiles(AuditChunk& chunk) {
  const ResetOnExit reset(tiles_);
  tiles_.bind(1, static_cast<std::int64_t>(chunk.first / kTileWidth))
      .bind(2, static_cast<std::int64_t>(chunk.end() / kTileWidth));
  while (tiles_.step()) {
    chunk.tiles.push_back({.index = static_cast<std::uint64_t>(tiles_.integer(0)),
                           .root = copy_of(tiles_.blob(1)),
                           .hashes = copy_of(tiles_.blob(2))});
  }
}

void AuditChunkReader::read_notes(AuditChunk& chunk) {
  for (const auto* note = next_note(); note != nullptr && note->size <= chunk.end(); note = next_note()) {
    chunk.notes.push_back(take_note());
  }
}

void AuditChunkReader::advance_notes() {
  stored_note_.reset();
  if (!notes_.step()) return;
  const auto row = notes_.integer(0);
  const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(notes_.integer(1), 0));
  if (row != last_note_row_ + 1) {
    faults_.note(size, fmt::format("Checkpoint {} is missing, or not in its place.", last_note_row_ + 1));
  }
  last_note_row_ = row;
  stored_note_ = KeptNote{.name = fmt::format("Checkpoint {}", row), .size = size, .note = std::string(notes_.text(2))};
}

const KeptNote* AuditChunkReader::next_note() const {
  const bool has_kept = !kept_.empty();
  if (stored_note_ && (!has_kept || stored_note_->size <= kept_.front().size)) return &*stored_note_;
  return has_kept ? &kept_.front() : nullptr;
}

KeptNote AuditChunkReader::take_note() {
  KeptNote taken;
  if (stored_note_ && next_note() == &*stored_note_) {
    taken = std::move(*stored_note_);
    advance_notes();
  } else {
    taken = std::move(kept_.front());
    kept_.pop_front();
  }
  return taken;
}

std::optional<KeptNote> AuditChunkReader::next_note_beyond() {
  if (next_note() == nullptr) return std::nullopt;
  return take_note();
}

}  // namespace assay::sqlite
