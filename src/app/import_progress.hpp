#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace assay::app {

/// How far an import is: the lines of the file that are settled without a gap from the start, kept in
/// FILE.progress so that an import goes on after a break. For one thread at a time.
class ImportProgress {
 public:
  /// Throws Refusal when FILE.progress belongs to another content of FILE.
  explicit ImportProgress(const std::filesystem::path& file);

  /// Identifies the file's content: hexadecimal SHA-256.
  const std::string& digest() const { return digest_; }

  /// Lines up to this number are settled.
  std::size_t settled_until() const { return settled_until_; }

  void begin(std::size_t line) { open_.insert(line); }
  void settle(std::size_t line);

  /// Writes FILE.progress, atomically.
  void save() const;

 private:
  std::filesystem::path progress_file_;
  std::string digest_;
  std::set<std::size_t> open_;
  std::size_t settled_until_ = 0;
  std::size_t highest_settled_ = 0;
};

}  // namespace assay::app
