#include "sqlite/snapshot.hpp"

#include <sqlite3.h>

#include <memory>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

namespace {

constexpr int kPagesAStep = 4096;

}  // namespace

void copy_snapshot(const std::filesystem::path& from, const std::filesystem::path& to,
                   const std::function<void(double)>& progress) {
  Connection source(from, Access::kReadOnly);
  Connection destination(to, Access::kReadWrite);
  // Held open, the transaction keeps all steps on one state of the database.
  source.execute("BEGIN");
  source.prepare("SELECT count(*) FROM sqlite_schema").step();
  std::unique_ptr<sqlite3_backup, decltype(&sqlite3_backup_finish)> backup(
      sqlite3_backup_init(destination.handle(), "main", source.handle(), "main"), &sqlite3_backup_finish);
  if (backup == nullptr) throw Error(sqlite3_extended_errcode(destination.handle()), "begin a copy");
  int code = SQLITE_OK;
  while ((code = sqlite3_backup_step(backup.get(), kPagesAStep)) == SQLITE_OK) {
    const auto total = sqlite3_backup_pagecount(backup.get());
    progress(1.0 - static_cast<double>(sqlite3_backup_remaining(backup.get())) / total);
  }
  if (code != SQLITE_DONE) throw Error(code, "copy");
  backup.reset();
  // A copy at rest is one file: without the write-ahead log that readers of this mode would leave beside it.
  destination.execute("PRAGMA journal_mode = DELETE");
  progress(1.0);
}

}  // namespace assay::sqlite
