#include "app/database_mark.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/private_file.hpp"

namespace assay::app {

namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& database) {
  std::error_code error;
  const auto bytes = fs::file_size(database, error);
  return !error && bytes > 0;
}

}  // namespace

DatabaseMark::DatabaseMark(const PartFolder& folder) : file_(folder.path() / "made") {
  if (!fs::exists(file_) || is_there(folder.database())) return;
  throw Refusal(
      fmt::format("the database {} is lost or empty; put it back, or restore a backup; to begin an empty register, "
                  "choose another --data-dir",
                  folder.database().string()));
}

void DatabaseMark::set() const {
  if (!fs::exists(file_)) write_private_file(file_, "The database of this folder was made.\n");
}

}  // namespace assay::app
