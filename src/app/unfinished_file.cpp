#include "app/unfinished_file.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/private_file.hpp"

namespace assay::app {

namespace {

void require_absent(const std::filesystem::path& path, std::string_view remedy) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) throw Refusal(fmt::format("{} exists; {}", path.string(), remedy));
}

}  // namespace

UnfinishedFile::UnfinishedFile(const std::filesystem::path& file)
    : file_(file), path_(std::filesystem::path(file).concat(".unfinished")) {
  require_absent(file_, "an export makes a new file");
  require_absent(path_, "remove it if it is left over from an export that was broken off");
  write_private_file(path_, "");
  output_.open(path_, std::ios::binary);
}

UnfinishedFile::~UnfinishedFile() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

void UnfinishedFile::finish() {
  output_.close();
  if (!output_) throw Refusal("the export can't be written; is the disk full?");
  make_durable(path_);
  std::filesystem::rename(path_, file_);
  path_.clear();
  make_durable(std::filesystem::absolute(file_).parent_path());
}

}  // namespace assay::app
