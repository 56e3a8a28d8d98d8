#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace assay::app {

/// What is written of FILE before it is whole: FILE.unfinished, removed unless it was finished.
class UnfinishedFile {
 public:
  /// Throws Refusal when one of the two exists.
  explicit UnfinishedFile(const std::filesystem::path& file);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  std::ofstream& output() { return output_; }

  /// FILE is whole and durable on return.
  void finish();

 private:
  std::filesystem::path file_;
  std::filesystem::path path_;
  std::ofstream output_;
};

}  // namespace assay::app
