#include "sqlite/audit_store.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "sqlite/audit_reader.hpp"
#include "sqlite/log_origins.hpp"
#include "sqlite/store_span.hpp"
#include "sqlite/writer_metrics.hpp"

namespace assay::sqlite {

namespace {

constexpr std::string_view kDatabase = "audit";

constexpr std::size_t kReaderThreads = 1;
constexpr std::size_t kReaderQueueLimit = 64;
/// Records that are read for one answer about intents.
constexpr std::int64_t kStretch = 10'000;

bool is_write(std::string_view operation) {
  return operation == "create" || operation == "update" || operation == "import" || operation == "erase";
}

bool ids_differ(const std::vector<audit::NewRecord>& records) {
  if (records.size() < 2) return true;
  std::unordered_set<Uuid> ids;
  return std::ranges::all_of(records, [&ids](const auto& record) { return ids.insert(record.id).second; });
}

/// Goes through the records of a stretch in order: an attempt is open until an outcome names it. A record that names no
/// patient is a claim that came by the single route, and nobody's intent.
class Intents {
 public:
  void see(std::uint64_t index, audit::NewRecord record) {
    if (record.source_system_name != audit::kPatientsSource) return;
    if (record.outcome) {
      if (open_.erase(record.outcome->of) == 0) ended_.push_back(record.outcome->of);
    } else if (record.patient_id && record.resource && is_write(record.resource->operation)) {
      open_.emplace(record.id, audit::Intent{.id = record.id,
                                             .index = index,
                                             .patient_id = record.patient_id,
                                             .resource = std::move(*record.resource)});
    }
  }

  audit::IntentPage release(std::uint64_t next, bool is_last) && {
    audit::IntentPage page{.open = {}, .ended = std::move(ended_), .next = next, .is_last = is_last};
    page.open.reserve(open_.size());
    for (auto& [id, intent] : open_) page.open.push_back(std::move(intent));
    std::ranges::sort(page.open, {}, &audit::Intent::index);
    return page;
  }

 private:
  std::unordered_map<Uuid, audit::Intent> open_;
  std::vector<Uuid> ended_;
};

std::uint64_t size_of(const Connection& connection) {
  auto newest = connection.prepare("SELECT max(idx) + 1 FROM record");
  newest.step();
  return static_cast<std::uint64_t>(newest.integer(0));
}

audit::IntentPage read_stretch(const std::filesystem::path& file, std::uint64_t from) {
  Connection connection(file, Access::kReadOnly);
  // The rows and their number are of one moment.
  connection.execute("BEGIN");
  auto rows = connection.prepare("SELECT idx, document FROM record WHERE idx >= ? ORDER BY idx LIMIT ?");
  rows.bind(1, static_cast<std::int64_t>(from)).bind(2, kStretch);
  Intents intents;
  std::int64_t count = 0;
  for (; rows.step(); ++count) {
    // Of an attempt that was erased there is nothing left to say how it ended.
    if (rows.is_null(1)) continue;
    auto stored = audit::parse_record(rows.text(1));
    if (!stored) throw Unavailable("the audit database holds a record that can't be read");
    intents.see(static_cast<std::uint64_t>(rows.integer(0)), std::move(stored->record));
  }
  const bool is_last = count < kStretch;
  return std::move(intents).release(is_last ? size_of(connection) : from + kStretch, is_last);
}

/// Dates never go back: the first record that is not older is the last to be looked at.
audit::OldRecords read_older(const std::filesystem::path& file, Timestamp moment, std::uint64_t from) {
  const Connection connection(file, Access::kReadOnly);
  auto rows = connection.prepare("SELECT idx, document FROM record WHERE idx >= ? ORDER BY idx LIMIT ?");
  rows.bind(1, static_cast<std::int64_t>(from)).bind(2, kStretch);
  audit::OldRecords old{.indexes = {}, .next = from, .is_last = true};
  for (std::int64_t count = 1; rows.step(); ++count) {
    old.is_last = false;
    if (old.indexes.size() == audit::kMaximumErasedRecords) return old;
    if (!rows.is_null(1)) {
      const auto stored = audit::parse_record(rows.text(1));
      if (!stored) throw Unavailable("the audit database holds a record that can't be read");
      old.is_last = stored->created_date >= moment;
      if (old.is_last) return old;
      if (!audit::is_about_log(stored->record)) old.indexes.push_back(static_cast<std::uint64_t>(rows.integer(0)));
    }
    old.next = static_cast<std::uint64_t>(rows.integer(0)) + 1;
    old.is_last = count < kStretch;
  }
  return old;
}

std::vector<audit::Draft> drafts_of(std::vector<audit::NewRecord> records) {
  std::vector<audit::Draft> drafts;
  drafts.reserve(records.size());
  for (auto& record : records) drafts.emplace_back(std::move(record));
  return drafts;
}

}  // namespace

AuditStore::AuditStore(const std::filesystem::path& folder, const Clock& clock, Random& random,
                       const telemetry::Log& log, telemetry::Metrics& metrics)
    : file_(folder / "audit.db"),
      writer_(file_, WriterOptions{.store = "audit", .reserve = folder / "reserve"}, log, metrics),
      log_(writer_.connection(), clock, random),
      appended_(metrics.counter("assay_audit_appended_records_total", "Records handed in and made durable.")),
      intents_duration_(read_durations(metrics, "audit", "read_intents")),
      readers_(kReaderThreads, kReaderQueueLimit) {
  writer_.start(&log_);
}

AuditStore::~AuditStore() { writer_.stop(); }

Awaitable<Result<std::vector<audit::Appended>>> AuditStore::append(std::vector<audit::NewRecord> records,
                                                                   telemetry::SpanPlace under) {
  if (!ids_differ(records)) co_return fail(409, "Two audit records of one call have the same id.");
  const auto rows = records.size();
  const auto span = store_span(under, kDatabase, "INSERT record");
  if (rows > 1) span.set("db.operation.batch.size", static_cast<std::int64_t>(rows));
  auto appended = co_await writer_.run(
      [this, waiting = drafts_of(std::move(records))](Connection& /*connection*/) { return log_.append(waiting); },
      rows, span.place());
  if (appended) appended_.Increment(static_cast<double>(rows));
  co_return appended;
}

Awaitable<audit::IntentPage> AuditStore::read_intents(std::uint64_t from) {
  const telemetry::Stopwatch watch(intents_duration_);
  // What a caller handed in before it was killed may still wait to be written.
  if (from <= log_.head().size) co_await writer_.run([](Connection& /*connection*/) {});
  co_return co_await readers_.run([file = file_, from] { return read_stretch(file, from); });
}

std::vector<audit::LogOrigin> AuditStore::read_origins() const {
  return read_log_origins(Connection(file_, Access::kReadOnly));
}

Awaitable<std::uint64_t> AuditStore::begin_origin(std::string verifier_key,
                                                  std::function<std::vector<audit::NewRecord>(std::uint64_t)> tell) {
  co_return co_await writer_.run(
      [this, begun = std::move(verifier_key), tell = std::move(tell)](Connection& connection) {
        const auto size = log_.size();
        connection.prepare("INSERT INTO log_origin(verifier_key, first_size) VALUES(?, ?)")
            .bind(1, std::string_view(begun))
            .bind(2, static_cast<std::int64_t>(size))
            .run();
        if (!log_.append(drafts_of(tell(size))))
          throw std::logic_error("a record that begins an origin was there already");
        return size;
      });
}

std::string AuditStore::read_newest_checkpoint() const {
  const Connection connection(file_, Access::kReadOnly);
  auto newest = connection.prepare("SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1");
  return newest.step() ? std::string(newest.text(0)) : std::string();
}

Awaitable<void> AuditStore::keep_checkpoint(std::uint64_t size, std::string note) {
  co_await writer_.run([size, kept = std::move(note)](Connection& connection) {
    connection.prepare("INSERT INTO checkpoint(size, note) VALUES(?, ?)")
        .bind(1, static_cast<std::int64_t>(size))
        .bind(2, std::string_view(kept))
        .run();
  });
}

Awaitable<Result<audit::Erased>> AuditStore::erase(audit::Erasure erasure, telemetry::SpanPlace under) {
  const auto span = store_span(under, kDatabase, "UPDATE record");
  const auto rows = erasure.indexes.size();
  auto erased =
      co_await writer_.run([&](Connection& /*connection*/) { return log_.erase(erasure); }, rows, span.place());
  // Also after what was erased before: the program may have ended in between.
  if (erased) erased->is_out_of_the_files = co_await writer_.clear_log(Remains::kKeep);
  co_return erased;
}

Awaitable<audit::OldRecords> AuditStore::find_older(Timestamp moment, std::uint64_t from) {
  co_return co_await readers_.run([=, file = file_] { return read_older(file, moment, from); });
}

std::unique_ptr<audit::LogReader> AuditStore::open_reader() const { return std::make_unique<AuditReader>(file_); }

}  // namespace assay::sqlite
