#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "audit/store.hpp"
#include "base/random.hpp"
#include "sqlite/audit_register.hpp"
#include "sqlite/audit_tree.hpp"
#include "sqlite/record_eraser.hpp"
#include "sqlite/writer.hpp"

namespace assay::sqlite {

/// The audit database from the writer's thread: gives records their index, date, number and salt, and stores them with
/// their entries in the log. What it keeps in memory only repeats the database, and is read again after a transaction
/// was undone.
class AuditLog final : public BackgroundWork {
 public:
  /// Brings the schema up to date. Throws Refusal when the file is not an audit database, or a record that is
  /// needed to go on can't be read.
  AuditLog(Connection& connection, const Clock& clock, Random& random);

  /// Inside the writer's transaction: how many records there are.
  std::uint64_t size();

  /// Inside the writer's transaction, with Appender::append's meaning. The ids must differ from each other.
  Result<std::vector<audit::Appended>> append(const std::vector<audit::Draft>& drafts);

  /// Inside the writer's transaction, with Store::erase's meaning.
  Result<audit::Erased> erase(const audit::Erasure& erasure);

  /// The tree over the entries that are durable. Safe from any thread.
  merkle::TreeHead head() const;

  std::size_t backlog() const override;
  void run_slice(Connection& connection, std::size_t rows) override;
  void on_committed() override;
  void on_rolled_back() override { is_stale_ = true; }

 private:
  void load();
  void load_tail();
  /// Brings the register of accesses up to date with the records below `position`.
  void advance_register(std::uint64_t position);
  /// The record of the draft's id, if there is one; a Problem when it has other content.
  Result<std::optional<audit::Appended>> find(const audit::Draft& draft);
  audit::Appended insert(const audit::Draft& draft, Timestamp now);
  /// Notes which of the drafts just inserted are parts of a search, run by run.
  void note_disclosures(const std::vector<audit::Draft>& drafts, const std::vector<audit::Appended>& appended,
                        std::uint64_t first_new);

  const Clock& clock_;
  Random& random_;
  AccessRegister register_;
  AuditTree tree_;
  RecordEraser eraser_;
  Statement select_by_id_;
  Statement select_from_;
  Statement select_newest_;
  Statement insert_;
  Statement insert_disclosure_;

  bool is_stale_ = false;
  std::uint64_t next_index_ = 0;
  std::uint64_t register_position_ = 0;
  Timestamp last_date_{};

  mutable std::mutex head_mutex_;
  merkle::TreeHead durable_head_;
};

}  // namespace assay::sqlite
