#include "sqlite/audit_accesses.hpp"

#include <algorithm>
#include <limits>

#include "sqlite/audit_filter.hpp"
#include "sqlite/audit_rows.hpp"
#include "sqlite/audit_walk.hpp"

namespace assay::sqlite {

namespace {

/// Takes a patient's accesses in the order of their numbers.
class Page {
 public:
  explicit Page(const audit::AccessQuery& query) : query_(query) {}

  void add(std::uint64_t sequence, audit::RegisterEntry entry) {
    if (sequence < query_.first || sequence > last()) return;
    if (page_.accesses.size() == query_.limit || bytes_ >= kPageBytes) {
      if (!page_.next) page_.next = sequence;
      return;
    }
    bytes_ += entry.document.size();
    page_.accesses.push_back({.sequence = sequence, .entry = std::move(entry)});
  }
  void count_to(std::uint64_t sequence) { page_.count = std::max(page_.count, sequence); }

  bool is_full() const { return page_.next.has_value(); }
  std::uint64_t last() const { return query_.last.value_or(std::numeric_limits<std::int64_t>::max()); }
  audit::AccessPage release() && { return std::move(page_); }

 private:
  const audit::AccessQuery& query_;
  audit::AccessPage page_;
  std::size_t bytes_ = 0;
};

/// What the register has, below `end`.
void read_register(const Connection& connection, const audit::AccessQuery& query, std::uint64_t end, Page& page) {
  PatientWalk walk(connection, query.patient_id);
  walk.seek(end);
  const auto count = walk.sequence() - 1;
  page.count_to(count);
  auto rows = connection.prepare(
      "SELECT record.idx, record.id, record.document, access.sequence FROM access JOIN record ON record.idx = "
      "access.idx "
      "WHERE access.patient = ? AND access.sequence BETWEEN ? AND ? ORDER BY access.sequence");
  rows.bind(1, Blob(query.patient_id.bytes))
      .bind(2, static_cast<std::int64_t>(query.first))
      .bind(3, static_cast<std::int64_t>(std::min(page.last(), count)));
  while (!page.is_full() && rows.step()) page.add(static_cast<std::uint64_t>(rows.integer(3)), read_entry(rows));
}

/// What the register doesn't have yet, out of the records from `begin` on.
void read_tail(const Connection& connection, const audit::AccessQuery& query, std::uint64_t begin, Page& page) {
  audit::RegisterQuery wanted;
  wanted.patient_id = query.patient_id;
  const AuditFilter filter(wanted);
  auto rows = connection.prepare("SELECT idx, id, document FROM record WHERE idx >= ? AND idx < ? ORDER BY idx");
  rows.bind(1, static_cast<std::int64_t>(begin)).bind(2, static_cast<std::int64_t>(query.tree_size));
  while (rows.step()) {
    if (!filter.takes(rows.text(2))) continue;
    const auto sequence = read_document(rows.text(2)).patient_sequence.value();
    page.count_to(sequence);
    page.add(sequence, read_entry(rows));
  }
}

}  // namespace

audit::AccessPage read_accesses_of(const Connection& connection, const audit::AccessQuery& query) {
  Page page(query);
  const auto position = register_position(connection);
  read_register(connection, query, std::min(position, query.tree_size), page);
  read_tail(connection, query, position, page);
  return std::move(page).release();
}

}  // namespace assay::sqlite
