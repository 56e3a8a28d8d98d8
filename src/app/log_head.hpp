#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sqlite/audit_check.hpp"

namespace assay::app {

/// What the head file of the log in a data directory holds, for a comparison with an audit database. A write that was
/// broken off leaves one of its places without a note.
class LogHead {
 public:
  /// `file` empty: in the data directory. Throws Refusal when it can't be read.
  LogHead(const std::filesystem::path& data_directory, const std::filesystem::path& file);

  /// The notes, as what the newest database has and agrees with.
  const std::vector<sqlite::KeptNote>& notes() const { return notes_; }
  /// The notes, as what a database that may be older does not contradict.
  sqlite::AuditEvidence evidence_for_copy() const;

  /// Whether a backup was put there of which the next start begins a log of a new name.
  bool is_before_restored() const { return is_before_restored_; }
  /// What is wrong with the file, though a log was signed; empty when nothing is.
  const std::string& fault() const { return fault_; }
  /// What there is, in a few words.
  const std::string& state() const { return state_; }

 private:
  void read_place(const std::string& place);

  std::filesystem::path file_;
  std::vector<sqlite::KeptNote> notes_;
  bool is_before_restored_ = false;
  std::string fault_;
  std::string state_;
};

}  // namespace assay::app
