#include "sqlite/audit_store.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace assay::sqlite {

namespace {

constexpr std::size_t kReaderThreads = 1;
constexpr std::size_t kReaderQueueLimit = 64;

bool is_write(std::string_view operation) {
  return operation == "create" || operation == "update" || operation == "import";
}

bool ids_differ(const std::vector<audit::NewRecord>& records) {
  if (records.size() < 2) return true;
  std::unordered_set<Uuid> ids;
  return std::ranges::all_of(records, [&ids](const auto& record) { return ids.insert(record.id).second; });
}

/// Goes through the records in order: an attempt is open until an outcome names it. A record that names no patient
/// is a claim that came by the single route, and nobody's intent.
class OpenIntents {
 public:
  explicit OpenIntents(std::string source_system_name) : source_system_name_(std::move(source_system_name)) {}

  void see(std::uint64_t index, audit::NewRecord record) {
    if (record.source_system_name != source_system_name_) return;
    if (record.outcome) {
      open_.erase(record.outcome->of);
    } else if (record.patient_id && record.resource && is_write(record.resource->operation)) {
      open_.emplace(record.id, audit::Intent{.id = record.id,
                                             .index = index,
                                             .patient_id = record.patient_id,
                                             .resource = std::move(*record.resource)});
    }
  }

  std::vector<audit::Intent> first(std::size_t limit) && {
    std::vector<audit::Intent> intents;
    intents.reserve(open_.size());
    for (auto& [id, intent] : open_) intents.push_back(std::move(intent));
    std::ranges::sort(intents, {}, &audit::Intent::index);
    if (intents.size() > limit) intents.erase(intents.begin() + static_cast<std::ptrdiff_t>(limit), intents.end());
    return intents;
  }

 private:
  std::string source_system_name_;
  std::unordered_map<Uuid, audit::Intent> open_;
};

/// Reads all from `from` on, once at a service's start; its mark keeps them few.
std::vector<audit::Intent> find_open_intents(const std::filesystem::path& file, std::string source_system_name,
                                             std::uint64_t from, std::size_t limit) {
  const Connection connection(file, Access::kReadOnly);
  auto rows = connection.prepare("SELECT idx, document FROM record WHERE idx >= ? ORDER BY idx");
  rows.bind(1, static_cast<std::int64_t>(from));
  OpenIntents intents(std::move(source_system_name));
  while (rows.step()) {
    auto stored = audit::parse_record(rows.text(1));
    if (!stored) throw Unavailable("the audit database holds a record that can't be read");
    intents.see(static_cast<std::uint64_t>(rows.integer(0)), std::move(stored->record));
  }
  return std::move(intents).first(limit);
}

}  // namespace

AuditStore::AuditStore(const std::filesystem::path& folder, const Clock& clock, const telemetry::Log& log,
                       telemetry::Metrics& metrics)
    : file_(folder / "audit.db"),
      writer_(file_, WriterOptions{.store = "audit", .reserve = folder / "reserve"}, log, metrics),
      log_(writer_.connection(), clock),
      readers_(kReaderThreads, kReaderQueueLimit) {
  writer_.start(&log_);
}

AuditStore::~AuditStore() { writer_.stop(); }

Awaitable<Result<std::vector<audit::Appended>>> AuditStore::append(std::vector<audit::NewRecord> records) {
  if (!ids_differ(records)) co_return fail(409, "Two audit records of one call have the same id.");
  std::vector<audit::Draft> drafts;
  drafts.reserve(records.size());
  for (auto& record : records) drafts.emplace_back(std::move(record));
  co_return co_await writer_.run(
      [this, waiting = std::move(drafts)](Connection& /*connection*/) { return log_.append(waiting); });
}

Awaitable<std::vector<audit::Intent>> AuditStore::open_intents(std::string source_system_name, std::uint64_t from,
                                                               std::size_t limit) {
  co_return co_await readers_.run([file = file_, source = std::move(source_system_name), from, limit] {
    return find_open_intents(file, source, from, limit);
  });
}

}  // namespace assay::sqlite
