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

fs::path mark_of(const fs::path& database) { return database.parent_path() / "made"; }

}  // namespace

bool DatabaseMark::is_lost(const fs::path& database) { return fs::exists(mark_of(database)) && !is_there(database); }

void DatabaseMark::require(const fs::path& database) {
  if (!is_lost(database)) return;
  throw Refusal(
      fmt::format("the database {} is lost or empty; put it back, or restore a backup; to begin an empty register, "
                  "choose another --data-dir",
                  database.string()));
}

DatabaseMark::DatabaseMark(const PartFolder& folder) : file_(mark_of(folder.database())) { require(folder.database()); }

void DatabaseMark::set() const {
  if (!fs::exists(file_)) write_private_file(file_, "The database of this folder was made.\n");
}

}  // namespace assay::app
