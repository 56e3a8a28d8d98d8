#include "sqlite/audit_log.hpp"

#include <algorithm>

#include "sqlite/audit_schema.hpp"
#include "sqlite/schema.hpp"

namespace assay::sqlite {

namespace {

/// The register is brought up to date this many records at a time or more: sorted, they touch fewer pages together.
constexpr std::uint64_t kWorthwhileBacklog = 512;

Connection& migrated(Connection& connection) {
  migrate(connection, kAuditMigrations, kAuditApplicationId);
  return connection;
}

audit::StoredRecord parse_stored(std::string_view document) {
  auto stored = audit::parse_record(document);
  if (!stored) throw Refusal("the audit database holds a record that can't be read; run 'assay check'");
  return std::move(*stored);
}

}  // namespace

AuditLog::AuditLog(Connection& connection, const Clock& clock, Random& random)
    : clock_(clock),
      random_(random),
      register_(migrated(connection)),
      tree_(connection),
      eraser_(connection),
      select_by_id_(connection.prepare("SELECT idx, document FROM record WHERE id = ?")),
      select_from_(connection.prepare("SELECT idx, document FROM record WHERE idx >= ? ORDER BY idx")),
      select_newest_(connection.prepare("SELECT idx, document FROM record ORDER BY idx DESC LIMIT 1")),
      insert_(connection.prepare("INSERT INTO record(idx, id, entry, salt, document) VALUES(?, ?, ?, ?, ?)")),
      insert_disclosure_(connection.prepare("INSERT INTO disclosure(search, first, count) VALUES(?, ?, ?)")) {
  load();
  on_committed();
}

void AuditLog::load() {
  {
    const ResetOnExit reset(select_newest_);
    const bool is_empty = !select_newest_.step();
    next_index_ = is_empty ? 0 : static_cast<std::uint64_t>(select_newest_.integer(0)) + 1;
    last_date_ = is_empty ? Timestamp() : parse_stored(select_newest_.text(1)).created_date;
  }
  register_.clear();
  register_position_ = register_.position();
  load_tail();
  tree_.load(next_index_);
  is_stale_ = false;
}

void AuditLog::load_tail() {
  const ResetOnExit reset(select_from_);
  select_from_.bind(1, static_cast<std::int64_t>(register_position_));
  while (select_from_.step()) {
    const auto stored = parse_stored(select_from_.text(1));
    const auto index = static_cast<std::uint64_t>(select_from_.integer(0));
    register_.note(audit::attributes_of(stored.record), index);
    if (stored.record.patient_id) register_.note(*stored.record.patient_id, stored.patient_sequence.value(), index);
  }
}

std::uint64_t AuditLog::size() {
  if (is_stale_) load();
  return next_index_;
}

Result<std::vector<audit::Appended>> AuditLog::append(const std::vector<audit::Draft>& drafts) {
  if (is_stale_) load();
  // Every look-up comes before the first insert: a refusal leaves nothing behind.
  std::vector<std::optional<audit::Appended>> known;
  known.reserve(drafts.size());
  for (const auto& draft : drafts) {
    auto found = find(draft);
    if (!found) return std::unexpected(std::move(found.error()));
    known.push_back(*found);
  }
  const auto now = std::max(clock_.now(), last_date_);
  const auto first_new = next_index_;
  std::vector<audit::Appended> appended;
  appended.reserve(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) appended.push_back(known[i] ? *known[i] : insert(drafts[i], now));
  note_disclosures(drafts, appended, first_new);
  return appended;
}

void AuditLog::note_disclosures(const std::vector<audit::Draft>& drafts, const std::vector<audit::Appended>& appended,
                                std::uint64_t first_new) {
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < drafts.size(); begin = end) {
    const auto& search = drafts[begin].record().part_of;
    const auto first = appended[begin].index;
    // A repeated record keeps its index, and was noted with it; no run goes on from such to new ones.
    const auto continues = [&](std::size_t i) {
      return drafts[i].record().part_of == search && appended[i].index == first + (i - begin) &&
             appended[i].index != first_new;
    };
    for (end = begin + 1; end < drafts.size() && continues(end);) ++end;
    if (!search || first < first_new) continue;
    insert_disclosure_.bind(1, Blob(search->bytes))
        .bind(2, static_cast<std::int64_t>(first))
        .bind(3, static_cast<std::int64_t>(end - begin))
        .run();
  }
}

Result<std::optional<audit::Appended>> AuditLog::find(const audit::Draft& draft) {
  const auto& record = draft.record();
  const ResetOnExit reset(select_by_id_);
  select_by_id_.bind(1, Blob(record.id.bytes));
  if (!select_by_id_.step()) return std::nullopt;
  if (select_by_id_.is_null(1)) return fail(409, "The audit record with this id was erased.");
  const auto stored = parse_stored(select_by_id_.text(1));
  if (!audit::is_repeat(record, stored.record)) return fail(409, "An audit record with this id has other content.");
  return audit::Appended{.id = record.id,
                         .index = static_cast<std::uint64_t>(select_by_id_.integer(0)),
                         .created_date = stored.created_date,
                         .patient_sequence = stored.patient_sequence};
}

audit::Appended AuditLog::insert(const audit::Draft& draft, Timestamp now) {
  const auto& record = draft.record();
  audit::Appended appended{
      .id = record.id, .index = next_index_, .created_date = now, .patient_sequence = std::nullopt};
  if (record.patient_id) appended.patient_sequence = register_.next_sequence(*record.patient_id);
  const auto document = draft.complete(now, appended.patient_sequence);
  Bytes32 salt{};
  random_.fill(salt);
  const auto entry = audit::log_entry(salt, document);
  insert_.bind(1, static_cast<std::int64_t>(appended.index))
      .bind(2, Blob(record.id.bytes))
      .bind(3, Blob(entry))
      .bind(4, Blob(salt))
      .bind(5, std::string_view(document))
      .run();
  tree_.append(merkle::leaf_hash(entry));
  register_.note(draft.attributes(), appended.index);
  if (record.patient_id) register_.note(*record.patient_id, *appended.patient_sequence, appended.index);
  ++next_index_;
  last_date_ = now;
  return appended;
}

Result<audit::Erased> AuditLog::erase(const audit::Erasure& erasure) {
  if (is_stale_) load();
  auto target = eraser_.find(erasure.indexes);
  if (!target) return std::unexpected(std::move(target.error()));
  audit::Erased erased{.records = target->indexes.size(),
                       .already = erasure.indexes.size() - target->indexes.size(),
                       .record = std::nullopt};
  if (target->indexes.empty()) return erased;
  // Numbers and patients of what goes stand in the register alone from now on.
  advance_register(next_index_);
  eraser_.erase(*target);
  // The newest record is never one without content: a start reads it.
  erased.record = insert(audit::Draft(audit::record_of(erasure, target->indexes, target->patient)),
                         std::max(clock_.now(), last_date_));
  return erased;
}

void AuditLog::advance_register(std::uint64_t position) {
  register_.advance(position);
  register_position_ = position;
}

void AuditLog::on_committed() {
  if (is_stale_) return;
  const auto head = tree_.head();
  const std::scoped_lock lock(head_mutex_);
  durable_head_ = head;
}

merkle::TreeHead AuditLog::head() const {
  const std::scoped_lock lock(head_mutex_);
  return durable_head_;
}

std::size_t AuditLog::backlog() const {
  const auto rows = next_index_ - register_position_;
  return rows < kWorthwhileBacklog ? 0 : rows;
}

void AuditLog::run_slice(Connection& /*connection*/, std::size_t rows) {
  if (is_stale_) load();
  advance_register(std::min<std::uint64_t>(register_position_ + rows, next_index_));
}

}  // namespace assay::sqlite
