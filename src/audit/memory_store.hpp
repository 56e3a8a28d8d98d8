#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "audit/store.hpp"
#include "merkle/hashing.hpp"
#include "merkle/proof.hpp"

namespace assay::audit {

/// What a store for tests holds of its log.
struct MemoryLog {
  std::vector<LoggedRecord> records;
  std::vector<Uuid> ids;
  std::vector<Bytes32> entries;
  /// What happens on the reader's thread before entries are read.
  std::function<void()> before_entries = [] {};

  /// The slow way: from the leaves up.
  merkle::Hash hash_of(const merkle::Node& node) const {
    if (node.level == 0) return merkle::leaf_hash(entries.at(node.index));
    return merkle::node_hash(hash_of({node.level - 1, 2 * node.index}), hash_of({node.level - 1, 2 * node.index + 1}));
  }
  merkle::TreeHead head(std::uint64_t size) const {
    return {.size = size, .root = merkle::root_of(size, [this](const merkle::Node& node) { return hash_of(node); })};
  }
};

class MemoryReader final : public LogReader {
 public:
  explicit MemoryReader(const MemoryLog& log) : log_(log) {}

  std::optional<LoggedRecord> find(const Uuid& id, const telemetry::SpanPlace& /*under*/) override {
    const auto place = std::ranges::find(log_.ids, id);
    return place == log_.ids.end() ? std::nullopt
                                   : std::optional(log_.records[static_cast<std::size_t>(place - log_.ids.begin())]);
  }
  std::string read_tile(const merkle::Tile& tile, const telemetry::SpanPlace& /*under*/) override {
    std::string hashes;
    for (unsigned i = 0; i < tile.width; ++i) {
      const auto hash = log_.hash_of({tile.level * merkle::kTileHeight, tile.index * merkle::kTileWidth + i});
      hashes.append(hash.begin(), hash.end());
    }
    return hashes;
  }
  std::vector<Bytes32> read_entries(const merkle::EntryBundle& bundle, const telemetry::SpanPlace& /*under*/) override {
    log_.before_entries();
    const auto first = log_.entries.begin() + static_cast<std::ptrdiff_t>(bundle.index * merkle::kTileWidth);
    return {first, first + bundle.width};
  }
  std::vector<LoggedPlace> read_disclosures(const Uuid& search, std::uint64_t from, std::size_t limit,
                                            const telemetry::SpanPlace& /*under*/) override {
    std::vector<LoggedPlace> places;
    for (auto index = from; index < log_.ids.size() && places.size() < limit; ++index) {
      const auto stored = parse_record(log_.records[index].document);
      if (stored && stored->record.part_of == search) places.push_back({.id = log_.ids[index], .index = index});
    }
    return places;
  }

 private:
  const MemoryLog& log_;
};

/// A store for tests that keeps what it is given, and answers as told.
class MemoryStore final : public Store {
 public:
  Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> new_records,
                                                  telemetry::SpanPlace /*under*/) override {
    if (problem) co_return std::unexpected(*problem);
    if (is_away) throw Unavailable("away");
    std::vector<Appended> appended;
    for (auto& record : new_records) {
      appended.push_back({.id = record.id, .index = records.size(), .created_date = date, .patient_sequence = {}});
      log(record);
      records.push_back(std::move(record));
    }
    co_return appended;
  }

  Awaitable<IntentPage> read_intents(std::uint64_t from) override {
    asked_from = from;
    co_return intents;
  }

  merkle::TreeHead head() const override { return memory.head(memory.entries.size()); }

  std::vector<LogOrigin> read_origins() const override { return origins; }
  Awaitable<std::uint64_t> begin_origin(std::string verifier_key,
                                        std::function<std::vector<NewRecord>(std::uint64_t)> tell) override {
    const auto size = memory.entries.size();
    co_await append(tell(size), {});
    origins.push_back({.verifier_key = std::move(verifier_key), .first_size = size, .begun = date});
    co_return size;
  }
  std::string read_newest_checkpoint() const override { return checkpoints.empty() ? "" : checkpoints.back(); }
  Awaitable<void> keep_checkpoint(std::uint64_t /*size*/, std::string note) override {
    if (is_away) throw Unavailable("away");
    checkpoints.push_back(std::move(note));
    co_return;
  }
  Awaitable<Result<Erased>> erase(Erasure erasure, telemetry::SpanPlace /*under*/) override {
    if (problem) co_return std::unexpected(*problem);
    Erased erased{.records = erasure.indexes.size(), .already = 0, .record = Appended{}};
    erased.record->id = erasure.record_id;
    erasures.push_back(std::move(erasure));
    co_return erased;
  }
  Awaitable<OldRecords> find_older(Timestamp moment, std::uint64_t from) override {
    asked_older_than = moment;
    asked_from = from;
    co_return old_records;
  }
  std::unique_ptr<LogReader> open_reader() const override { return std::make_unique<MemoryReader>(memory); }

  std::vector<NewRecord> records;
  MemoryLog memory;
  std::vector<LogOrigin> origins;
  std::vector<std::string> checkpoints;
  IntentPage intents;
  std::vector<Erasure> erasures;
  OldRecords old_records;
  Timestamp asked_older_than{};
  std::optional<Problem> problem;
  bool is_away = false;
  Timestamp date{std::chrono::milliseconds(1'700'000'000'123)};
  std::uint64_t asked_from = 0;

 private:
  void log(const NewRecord& record) {
    const auto sequence = record.patient_id ? std::optional<std::uint64_t>(1) : std::nullopt;
    LoggedRecord logged{.index = memory.ids.size(),
                        .salt = Bytes32{static_cast<std::uint8_t>(memory.ids.size())},
                        .document = Draft(record).complete(date, sequence)};
    memory.entries.push_back(log_entry(*logged.salt, logged.document));
    memory.ids.push_back(record.id);
    memory.records.push_back(std::move(logged));
  }
};

}  // namespace assay::audit
