#include "sqlite/audit_chunk_examination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "audit/record.hpp"
#include "audit/record_scan.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "sqlite/audit_rotation.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kTileWidth = 256;

/// Adds the processor time of a scope to a sum.
class Measured {
 public:
  explicit Measured(std::chrono::nanoseconds& sum) : sum_(sum), begin_(thread_time()) {}
  ~Measured() { sum_ += thread_time() - begin_; }
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

 private:
  std::chrono::nanoseconds& sum_;
  std::chrono::nanoseconds begin_;
};

/// The indexes that an erasure names; none when the record is no erasure. What comes by the reference's single route,
/// whose actor is a host key, may claim anything.
std::vector<std::uint64_t> erased_by(const audit::NewRecord& record) {
  const bool is_of_service =
      record.source_system_name == audit::kAuditSource && record.actor && record.actor->kind != "host-key";
  const bool is_erasure = is_of_service && record.resource && record.resource->type == "record" &&
                          record.resource->operation == "erase" && record.resource->id;
  if (!is_erasure) return {};
  const auto parsed = parse_json(*record.resource->id);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  const auto* member = object != nullptr ? object->if_contains("indexes") : nullptr;
  const auto* indexes = member != nullptr ? member->if_array() : nullptr;
  if (indexes == nullptr) return {};
  std::vector<std::uint64_t> erased;
  for (const auto& index : *indexes) {
    if (index.is_int64() && index.get_int64() >= 0) erased.push_back(static_cast<std::uint64_t>(index.get_int64()));
  }
  return erased;
}

bool has_escapes(const audit::ScannedRecord& record) {
  return record.actor_id.value_or("").contains('\\') || record.operation.value_or("").contains('\\');
}

/// Most records of a chunk have a few actors and operations between them.
class AttributeHashes {
 public:
  audit::Attributes of(const audit::ScannedRecord& record) {
    audit::Attributes attributes;
    if (record.actor_id) attributes.actor = once(actors_, *record.actor_id, &audit::actor_hash);
    if (record.operation) attributes.operation = once(operations_, *record.operation, &audit::operation_hash);
    return attributes;
  }

 private:
  using Known = std::unordered_map<std::string_view, std::int64_t>;

  static std::int64_t once(Known& known, std::string_view text, std::int64_t (*hash)(std::string_view)) {
    const auto [place, is_new] = known.try_emplace(text, 0);
    if (is_new) place->second = hash(text);
    return place->second;
  }

  Known actors_;  ///< with views into the chunk's documents
  Known operations_;
};

class ChunkExamination {
 public:
  ChunkExamination(const AuditChunk& chunk, const AuditLogKeys& keys, const AttributeSums& attributes)
      : chunk_(chunk), keys_(keys), attributes_(attributes) {}

  ChunkFindings run() && {
    findings_.first = chunk_.first;
    findings_.is_in_tree = chunk_.is_in_tree;
    findings_.effort.bytes = chunk_.records.bytes();
    hash_entries();
    if (chunk_.is_in_tree) hash_tiles();
    read_records();
    open_notes();
    return std::move(findings_);
  }

 private:
  void note(std::uint64_t index, std::string sentence) {
    findings_.faults.push_back({.index = index, .sentence = std::move(sentence)});
  }

  void hash_entries() {
    const Measured measured(findings_.effort.hashing);
    for (std::size_t i = 0; i < chunk_.records.size(); ++i) {
      const auto row = chunk_.records[i];
      if (!row.salt || !row.document) continue;
      if (!std::ranges::equal(row.entry, sha256_of_parts({*row.salt, as_bytes(*row.document)}))) {
        note(row.index, fmt::format("Record {} is not what its entry in the log commits to.", row.index));
      }
    }
  }

  void hash_tiles() {
    const Measured measured(findings_.effort.hashing);
    leaves_.reserve(chunk_.records.size());
    for (std::size_t i = 0; i < chunk_.records.size(); ++i) leaves_.push_back(leaf_of(chunk_.records[i].entry));
    auto stored = chunk_.tiles.begin();
    for (std::size_t begin = 0; begin + kTileWidth <= leaves_.size(); begin += kTileWidth) {
      const auto index = (chunk_.first + begin) / kTileWidth;
      const bool is_stored = stored != chunk_.tiles.end() && stored->index == index;
      compare_tile(index, begin, is_stored ? &*stored : nullptr);
      if (is_stored) ++stored;
    }
  }

  void compare_tile(std::uint64_t index, std::size_t begin, const StoredTile* stored) {
    const auto hashes = std::span(leaves_).subspan(begin, kTileWidth);
    const auto root = root_over(hashes);
    findings_.tile_roots.push_back(root);
    const auto first = chunk_.first + begin;
    if (stored == nullptr) return note(first, fmt::format("Tile {} of level 0 is missing.", index));
    const Blob bytes(hashes.front().data(), hashes.size_bytes());
    const bool is_same = std::ranges::equal(stored->root, root) && std::ranges::equal(stored->hashes, bytes);
    if (!is_same) note(first, fmt::format("Tile {} of level 0 is not that of the entries.", index));
  }

  void read_records() {
    const Measured measured(findings_.effort.examining);
    for (std::size_t i = 0; i < chunk_.records.size(); ++i) read_record(chunk_.records[i]);
  }

  void read_record(const RecordRow& row) {
    if (!row.salt && !row.document) {
      findings_.erased.push_back(row.index);
    } else if (!row.salt || !row.document) {
      note(row.index,
           fmt::format("Record {} is half erased: it has no {}.", row.index, row.salt ? "document" : "salt"));
    } else if (const auto said = scan(row)) {
      compare(row, *said);
    }
  }

  std::optional<audit::ScannedRecord> scan(const RecordRow& row) {
    auto scanned = audit::scan_record(*row.document);
    const bool is_enough = scanned && scanned->source_system_name != audit::kAuditSource && !has_escapes(*scanned);
    if (!is_enough) return parse(row);
    findings_.attributes += attributes_.of(hashes_.of(*scanned), row.index);
    return scanned;
  }

  std::optional<audit::ScannedRecord> parse(const RecordRow& row) {
    const auto stored = audit::parse_record(*row.document);
    if (!stored) {
      note(row.index, fmt::format("Record {} can't be read.", row.index));
      return std::nullopt;
    }
    const auto& record = stored->record;
    if (canonical_json(audit::to_json(record, stored->created_date, stored->patient_sequence)) != *row.document) {
      note(row.index, fmt::format("Record {} is not in canonical form.", row.index));
    }
    findings_.attributes += attributes_.of(audit::attributes_of(record), row.index);
    for (const auto index : erased_by(record)) findings_.said_erased.push_back(index);
    if (const auto rotation = read_rotation(row.index, record); rotation && !keys_.is_rotated_at(row.index)) {
      note(row.index, fmt::format("Record {} tells of a rotation of the log's key, but no key begins with it: {}.",
                                  row.index, rotation->key));
    }
    return audit::ScannedRecord{.id = record.id,
                                .created_date = stored->created_date,
                                .part_of = record.part_of,
                                .patient_id = record.patient_id,
                                .patient_sequence = stored->patient_sequence.value_or(0),
                                .source_system_name = {},
                                .actor_id = std::nullopt,
                                .operation = std::nullopt};
  }

  void compare(const RecordRow& row, const audit::ScannedRecord& said) {
    if (!std::ranges::equal(said.id.bytes, row.id)) {
      note(row.index, fmt::format("Record {} has another id than its row.", row.index));
    }
    auto& last = findings_.last_date;
    if (last && said.created_date < *last) {
      note(row.index, fmt::format("Record {} is older than the one before it.", row.index));
    }
    if (!findings_.first_date) {
      findings_.first_date = said.created_date;
      findings_.first_dated = row.index;
    }
    last = last ? std::max(*last, said.created_date) : said.created_date;
    if (said.part_of) findings_.parts.push_back({.whole = *said.part_of, .index = row.index});
    if (said.patient_id) {
      findings_.numbers.push_back({.patient = *said.patient_id, .sequence = said.patient_sequence, .index = row.index});
    }
  }

  void open_notes() {
    const Measured measured(findings_.effort.signatures);
    for (const auto& kept : chunk_.notes) {
      auto tree = keys_.open(kept);
      if (!tree) {
        note(kept.size, std::move(tree.error()));
      } else {
        findings_.checkpoints.push_back({.name = kept.name, .tree = *tree, .tail = tail_of(tree->size)});
      }
    }
  }

  /// The roots in the tile that the last of the first `size` records is in.
  std::vector<Bytes32> tail_of(std::uint64_t size) const {
    if (size == 0) return {};
    const auto begin = (size - 1) / kTileWidth * kTileWidth - chunk_.first;
    return roots_over(std::span(leaves_).subspan(begin, size - chunk_.first - begin));
  }

  const AuditChunk& chunk_;
  const AuditLogKeys& keys_;
  const AttributeSums& attributes_;
  AttributeHashes hashes_;
  ChunkFindings findings_;
  std::vector<Bytes32> leaves_;
};

}  // namespace

ChunkFindings examine_chunk(const AuditChunk& chunk, const AuditLogKeys& keys, const AttributeSums& attributes) {
  return ChunkExamination(chunk, keys, attributes).run();
}

}  // namespace assay::sqlite
