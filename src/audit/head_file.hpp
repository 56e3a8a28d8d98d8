#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay::audit {

/// Keeps the newest signed checkpoint outside the database, so that an older copy of that is recognised. Two places
/// are written in turn, so that a write broken off leaves the note before it whole. For one thread at a time.
class HeadFile {
 public:
  explicit HeadFile(std::filesystem::path file);
  ~HeadFile();
  HeadFile(const HeadFile&) = delete;
  HeadFile& operator=(const HeadFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// What the places hold that are not empty; a write broken off shows as a text that is no note. Empty when there is
  /// no file. Throws Refusal when it can't be read or is no file.
  std::vector<std::string> read() const;

  /// Keeps the note in the place that doesn't hold `kept`; durable on return. Throws Refusal when that can't be done;
  /// what failed before the fsync may be tried again, after a failed fsync nothing is written any more.
  void write(std::string_view note, std::string_view kept);

 private:
  void open_or_make();
  std::string read_place(int descriptor, std::size_t place) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  bool has_failed_ = false;
};

}  // namespace assay::audit
