#include "sqlite/audit_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "audit/record.hpp"
#include "base/hash.hpp"
#include "sqlite/audit_tree_check.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kMaximumFaults = 100;

class AuditCheck {
 public:
  explicit AuditCheck(const std::filesystem::path& file) : connection_(file, Access::kReadOnly) {}

  void run() {
    connection_.execute("BEGIN");
    check_file();
    check_records();
    check_register_size();
  }

  std::vector<std::string> release() && { return std::move(faults_); }

 private:
  bool has_enough() const { return faults_.size() >= kMaximumFaults; }

  void note(std::string fault) {
    if (!has_enough()) faults_.push_back(std::move(fault));
  }

  void check_file() {
    auto rows = connection_.prepare("PRAGMA integrity_check");
    while (rows.step()) {
      if (rows.text(0) != "ok") note(fmt::format("The database file is damaged: {}.", rows.text(0)));
    }
  }

  void check_records() {
    auto position = connection_.prepare("SELECT position FROM access_position");
    register_position_ = position.step() ? position.integer(0) : 0;
    auto accesses = connection_.prepare("SELECT idx FROM access WHERE patient = ? AND sequence = ?");
    auto rows = connection_.prepare("SELECT idx, id, document, entry, salt FROM record ORDER BY idx");
    AuditTreeCheck tree(connection_, [this](std::string fault) { note(std::move(fault)); });
    std::int64_t expected = 0;
    while (rows.step() && !has_enough()) {
      const auto index = rows.integer(0);
      if (index != expected) note(fmt::format("Record {} is missing: the next is {}.", expected, index));
      expected = index + 1;
      check_record(index, rows.blob(1), rows.text(2), accesses);
      check_entry(index, rows);
      tree.add(rows.blob(3));
    }
    tree.finish();
    if (register_position_ > expected) note("The register of accesses is ahead of the records.");
  }

  void check_record(std::int64_t index, Blob id, std::string_view document, Statement& accesses) {
    const auto stored = audit::parse_record(document);
    if (!stored) return note(fmt::format("Record {} can't be read.", index));
    const auto& record = stored->record;
    if (!std::ranges::equal(record.id.bytes, id)) {
      note(fmt::format("Record {} has another id than its row.", index));
    }
    const auto canonical = canonical_json(audit::to_json(record, stored->created_date, stored->patient_sequence));
    if (canonical != document) note(fmt::format("Record {} is not in canonical form.", index));
    if (stored->created_date < last_date_) note(fmt::format("Record {} is older than the one before it.", index));
    last_date_ = std::max(last_date_, stored->created_date);
    if (record.patient_id) check_access(index, *record.patient_id, *stored->patient_sequence, accesses);
  }

  void check_entry(std::int64_t index, const Statement& row) {
    const auto expected = sha256_of_parts({row.blob(4), as_bytes(row.text(2))});
    if (!std::ranges::equal(row.blob(3), expected)) {
      note(fmt::format("Record {} is not what its entry in the log commits to.", index));
    }
  }

  void check_access(std::int64_t index, const Uuid& patient, std::uint64_t sequence, Statement& accesses) {
    auto& last = last_sequence_[patient];
    if (sequence != last + 1) {
      note(fmt::format("Record {} has number {} among its patient's records, but {} is expected.", index, sequence,
                       last + 1));
    }
    last = sequence;
    if (index >= register_position_) return;
    ++expected_accesses_;
    const ResetOnExit reset(accesses);
    accesses.bind(1, Blob(patient.bytes)).bind(2, static_cast<std::int64_t>(sequence));
    if (!accesses.step() || accesses.integer(0) != index) {
      note(fmt::format("The register of accesses doesn't have record {}.", index));
    }
  }

  void check_register_size() {
    if (!faults_.empty()) return;  // what is missing was told already
    auto count = connection_.prepare("SELECT count(*) FROM access");
    count.step();
    if (count.integer(0) != expected_accesses_) {
      note(fmt::format("The register has {} accesses, but the records name {}.", count.integer(0), expected_accesses_));
    }
  }

  Connection connection_;
  std::vector<std::string> faults_;
  std::int64_t register_position_ = 0;
  std::int64_t expected_accesses_ = 0;
  Timestamp last_date_{};
  std::unordered_map<Uuid, std::uint64_t> last_sequence_;
};

}  // namespace

std::vector<std::string> check_audit(const std::filesystem::path& database_file) {
  std::vector<std::string> faults;
  try {
    AuditCheck check(database_file);
    check.run();
    faults = std::move(check).release();
  } catch (const Error& error) {
    faults.push_back(fmt::format("The audit database can't be examined: {}.", error.what()));
  }
  return faults;
}

}  // namespace assay::sqlite
