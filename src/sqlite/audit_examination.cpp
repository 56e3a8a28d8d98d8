#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <future>
#include <ranges>
#include <thread>

#include "sqlite/audit_check.hpp"
#include "sqlite/audit_chunk_examination.hpp"
#include "sqlite/audit_chunk_reader.hpp"
#include "sqlite/audit_disclosures_check.hpp"
#include "sqlite/audit_erased_records.hpp"
#include "sqlite/audit_faults.hpp"
#include "sqlite/audit_log_keys.hpp"
#include "sqlite/audit_numbers_check.hpp"
#include "sqlite/audit_schema.hpp"
#include "sqlite/audit_tree_check.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/schema.hpp"

namespace assay::sqlite {

namespace {

constexpr std::uint64_t kTileWidth = 256;

/// What a database from before the log was signed lacks; to its examination these are empty.
constexpr std::string_view kLogTables = R"(
  CREATE TEMP TABLE checkpoint(row INTEGER PRIMARY KEY, size INTEGER, note TEXT);
  CREATE TEMP TABLE log_origin(row INTEGER PRIMARY KEY, verifier_key TEXT, first_size INTEGER);
  CREATE TEMP TABLE disclosure(search BLOB, first INTEGER, count INTEGER);
)";

/// A connection that sees the database as it is at this moment.
Connection held_connection(const std::filesystem::path& file) {
  Connection connection(file, Access::kReadOnly);
  connection.execute("PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
  auto version = connection.prepare("PRAGMA user_version");
  if (version.step() && version.integer(0) == 1) connection.execute(kLogTables);
  version.reset();
  connection.execute("BEGIN");
  connection.prepare("SELECT count(*) FROM sqlite_schema").step();
  return connection;
}

std::uint64_t count_roughly(const Connection& connection) {
  auto newest = connection.prepare("SELECT max(idx) + 1 FROM record");
  newest.step();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(newest.integer(0), 0));
}

std::vector<KeptNote> joined(std::vector<KeptNote> notes, std::vector<KeptNote> others) {
  notes.insert(notes.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  return notes;
}

/// One thread reads the rows chunk by chunk and joins what the others find out about each chunk.
class AuditExamination {
 public:
  AuditExamination(const std::filesystem::path& file, const AuditEvidence& evidence, const AuditProgress& progress)
      : evidence_(evidence),
        progress_(progress),
        connection_(held_connection(file)),
        all_(count_roughly(connection_)),
        keys_(AuditLogKeys::read(connection_, faults_)),
        attribute_sums_(connection_),
        reader_(connection_, joined(evidence.notes, keys_.restored_notes()), faults_),
        tree_(connection_, faults_),
        numbers_(connection_, faults_),
        disclosures_(connection_, faults_),
        attributes_(connection_, attribute_sums_, faults_) {}

  AuditFindings run() && {
    const auto begin = std::chrono::steady_clock::now();
    compare_evidence();
    examine_chunks();
    if (!faults_.is_full()) finish();
    findings_.effort.elapsed = std::chrono::steady_clock::now() - begin;
    findings_.erased = erased_.indexes().size();
    findings_.patients = numbers_.patients();
    findings_.checkpoints = tree_.checkpoints();
    findings_.logs = keys_.names();
    findings_.restores = keys_.restores();
    findings_.rotations = keys_.rotations();
    findings_.faults = std::move(faults_).release();
    return std::move(findings_);
  }

 private:
  void compare_evidence() {
    keys_.compare(connection_, evidence_.keys, faults_);
    if (evidence_.must_be_signed) keys_.require_signed(connection_, all_, faults_);
    auto stored = connection_.prepare("SELECT 1 FROM checkpoint WHERE size = ? AND note = ?");
    for (const auto& kept : evidence_.notes | std::views::take(evidence_.stored_notes)) {
      const ResetOnExit reset(stored);
      stored.bind(1, static_cast<std::int64_t>(kept.size)).bind(2, std::string_view(kept.note));
      if (!keys_.is_in_force(kept.note)) {
        faults_.note(kept.size, fmt::format("{} is not of the log's present name.", kept.name));
      }
      if (stored.step()) continue;
      faults_.note(kept.size, fmt::format("{}, of {} records, is missing among the checkpoints of the database.",
                                          kept.name, kept.size));
    }
  }

  void examine_chunks() {
    const std::size_t at_once = std::max(1U, std::thread::hardware_concurrency()) + 1;
    std::deque<std::future<ChunkFindings>> running;
    while (!faults_.is_full()) {
      auto chunk = read_chunk();
      if (!chunk) break;
      running.push_back(std::async(std::launch::async, [this, owned = std::move(*chunk)] {
        return examine_chunk(owned, keys_, attribute_sums_);
      }));
      if (running.size() < at_once) continue;
      join(running.front().get());
      running.pop_front();
    }
    for (; !running.empty(); running.pop_front()) join(running.front().get());
  }

  std::optional<AuditChunk> read_chunk() {
    const auto begin = std::chrono::steady_clock::now();
    const auto begin_time = thread_time();
    const auto begin_bytes = thread_disk_bytes();
    auto chunk = reader_.next();
    const auto worked = thread_time() - begin_time;
    findings_.effort.reading += worked;
    findings_.effort.disk += std::chrono::steady_clock::now() - begin - worked;
    findings_.effort.disk_bytes += thread_disk_bytes() - begin_bytes;
    if (chunk) findings_.records += chunk->records.size();
    return chunk;
  }

  void join(ChunkFindings found) {
    const auto begin = thread_time();
    for (auto& fault : found.faults) faults_.note(fault.index, std::move(fault.sentence));
    for (const auto index : found.erased) erased_.add(index);
    for (const auto index : found.said_erased) erased_.add_said(index);
    join_dates(found);
    if (found.is_in_tree) join_tree(found);
    for (const auto& number : found.numbers) numbers_.add(number);
    attributes_.add(found.first, found.attributes);
    for (const auto& part : found.parts) disclosures_.add(part, erased_.indexes());
    findings_.effort += found.effort;
    findings_.effort.examining += thread_time() - begin;
    progress_(findings_.records, all_);
  }

  void join_dates(const ChunkFindings& found) {
    if (!found.first_date) return;
    if (*found.first_date < last_date_) {
      faults_.note(found.first_dated, fmt::format("Record {} is older than the one before it.", found.first_dated));
    }
    last_date_ = std::max(last_date_, *found.last_date);
  }

  void join_tree(const ChunkFindings& found) {
    auto checkpoint = found.checkpoints.begin();
    auto end_of_tile = found.first + kTileWidth;
    const auto compare_up_to = [&](std::uint64_t size) {
      for (; checkpoint != found.checkpoints.end() && checkpoint->tree.size <= size; ++checkpoint) {
        tree_.compare(*checkpoint);
      }
    };
    for (const auto& root : found.tile_roots) {
      compare_up_to(end_of_tile);
      tree_.add_tile(root);
      end_of_tile += kTileWidth;
    }
    compare_up_to(end_of_tile);
  }

  void finish() {
    examine_notes_beyond();
    if (!reader_.misses_records()) tree_.finish();
    erased_.finish(findings_.records, faults_);
    disclosures_.finish(erased_.indexes());
    numbers_.finish(all_, erased_.indexes());
    attributes_.finish();
  }

  void examine_notes_beyond() {
    const auto whole = reader_.whole();
    std::uint64_t beyond = 0;
    while (const auto kept = faults_.is_full() ? std::nullopt : reader_.next_note_beyond()) {
      const auto tree = keys_.open(*kept);
      if (!tree) {
        faults_.note(kept->size, tree.error());
      } else if (tree->size == 0) {
        tree_.compare({.name = kept->name, .tree = *tree, .tail = {}});
      } else if (kept->is_from_before_restore) {
        continue;
      } else if (reader_.misses_records()) {
        ++beyond;
      } else {
        faults_.note(whole, fmt::format("{} is of {} records, but there are {}: the newest were cut off.", kept->name,
                                        tree->size, whole));
      }
    }
    if (beyond == 0) return;
    faults_.note(whole, fmt::format("The tree can't be compared with {} checkpoints beyond the missing record {}.",
                                    beyond, whole));
  }

  const AuditEvidence& evidence_;
  const AuditProgress& progress_;
  AuditFaults faults_;
  Connection connection_;
  std::uint64_t all_;
  AuditLogKeys keys_;
  AttributeSums attribute_sums_;
  AuditChunkReader reader_;
  AuditTreeCheck tree_;
  AuditNumbersCheck numbers_;
  AuditDisclosuresCheck disclosures_;
  AuditAttributesCheck attributes_;
  ErasedRecords erased_;
  Timestamp last_date_{};
  AuditFindings findings_;
};

std::vector<std::string> schema_faults_of(const std::filesystem::path& file) {
  const Connection connection(file, Access::kReadOnly);
  auto version = connection.prepare("PRAGMA user_version");
  version.step();
  const auto migrations = static_cast<std::size_t>(version.integer(0));
  return schema_faults(connection, std::span(kAuditMigrations).first(std::min(migrations, kAuditMigrations.size())));
}

}  // namespace

AuditFindings examine_audit(const std::filesystem::path& database_file, const AuditEvidence& evidence,
                            const AuditProgress& progress) {
  // Of a database of another form nothing that is read has to be what is stored.
  AuditFindings unexamined;
  unexamined.faults = schema_faults_of(database_file);
  if (!unexamined.faults.empty()) return unexamined;
  return AuditExamination(database_file, evidence, progress).run();
}

}  // namespace assay::sqlite
