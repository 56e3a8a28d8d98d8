#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "patients/patient.hpp"
#include "sqlite/patients_statements.hpp"
#include "sqlite/writer.hpp"

namespace assay::sqlite {

/// The number under which the indexes keep a birth date: that of its first day since 1970-01-01.
std::int64_t day_number(std::chrono::sys_days birth_day);

/// The value under which the text index keeps a text: its SipHash-2-4 (little endian). Entries stay short
/// however long the texts are; that two texts may share a value costs a hit that the check of the row refuses.
std::int64_t index_value(std::string_view text);

/// Keeps the search indexes behind the writer. What they lack is the tail: a row of it for each version of a
/// patient, with the values that the version replaced. For each the slice enters the patient's present values
/// and removes those replaced; the present ones stay, so that the order in which versions are worked on, and
/// what happens in between, doesn't matter: a patient without a row in the tail is indexed exactly.
class SearchIndexer final : public BackgroundWork {
 public:
  /// `statements` are those of the writer's connection. Counts the tail.
  explicit SearchIndexer(PatientsStatements& statements);

  std::size_t backlog() const override { return backlog_; }
  void run_slice(Connection& connection, std::size_t rows) override;
  void on_committed() override;
  void on_rolled_back() override;

  /// The open transaction added rows to the tail, or took them away. On the writer's thread.
  void note_tail_rows(std::ptrdiff_t count) { uncommitted_ += count; }

  /// Takes a row out of the entries of all these values, inside the writer's open transaction.
  void forget(std::int64_t row, std::span<const patients::Patient> versions);

 private:
  PatientsStatements& statements_;
  std::atomic<std::size_t> backlog_{0};
  std::ptrdiff_t uncommitted_ = 0;
};

}  // namespace assay::sqlite
