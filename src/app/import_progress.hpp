#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "base/json.hpp"

namespace assay::app {

/// How far an import is: the lines of the file that are settled without a gap from the start, kept in
/// FILE.progress so that an import goes on after a break. For one thread at a time.
class ImportProgress {
 public:
  /// `url` and `keep_ids` are the import's. Throws Refusal when FILE.progress is of another content of FILE, another
  /// register or the other way to import.
  ImportProgress(const std::filesystem::path& file, std::string url, bool keep_ids);

  /// Lines up to this number are settled.
  std::size_t settled_until() const { return settled_until_; }
  /// How many of them were refused.
  std::size_t refused() const { return refused_; }

  void begin(std::size_t line) { open_.insert(line); }
  /// To be told before the line is settled.
  void refuse(std::size_t line) { refused_lines_.insert(line); }
  void settle(std::size_t line);

  /// Writes FILE.progress, atomically; nothing while no line is settled.
  void save() const;

 private:
  void read(const json::object& saved);
  void require_same(const json::object& saved, std::string_view member, const json::value& own,
                    std::string_view what) const;
  json::object to_json() const;

  std::filesystem::path progress_file_;
  std::string digest_;  ///< hexadecimal SHA-256 of the file's content
  std::string url_;
  bool keep_ids_;
  std::set<std::size_t> open_;
  std::set<std::size_t> refused_lines_;  ///< behind `settled_until_`
  std::size_t settled_until_ = 0;
  std::size_t highest_settled_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace assay::app
