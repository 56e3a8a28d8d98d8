#include "sqlite/schema.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace assay::sqlite {

namespace {

std::int64_t pragma(const Connection& connection, std::string_view name) {
  auto statement = connection.prepare(fmt::format("PRAGMA {}", name));
  statement.step();
  return statement.integer(0);
}

void apply(Connection& connection, std::string_view migration, std::size_t to_version) {
  connection.execute("BEGIN IMMEDIATE");
  try {
    connection.execute(migration);
    connection.execute(fmt::format("PRAGMA user_version = {}", to_version));
    connection.execute("COMMIT");
  } catch (...) {
    connection.roll_back();
    throw;
  }
}

/// A trigger or a view is nothing that a migration made, and could change what is stored or shown.
void refuse_foreign_code(const Connection& connection) {
  auto foreign = connection.prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'trigger')");
  if (!foreign.step()) return;
  throw Refusal(
      fmt::format("the database has a {} called {}, which nothing of this program made; put a backup in place with "
                  "assay restore, and find out who changed it",
                  foreign.text(0), foreign.text(1)));
}

}  // namespace

void migrate(Connection& connection, std::span<const std::string_view> migrations, int application_id) {
  const auto mark = pragma(connection, "application_id");
  const auto version = static_cast<std::size_t>(pragma(connection, "user_version"));
  if (mark == 0 && version == 0) {
    connection.execute(fmt::format("PRAGMA application_id = {}", application_id));
  } else if (mark != application_id) {
    throw Refusal("the database was made by another program or for another part; choose another --data-dir");
  }
  if (version > migrations.size()) {
    throw Refusal(
        fmt::format("the database has schema version {}, but this program knows only up to {}; use a newer assay",
                    version, migrations.size()));
  }
  refuse_foreign_code(connection);
  if (version == migrations.size()) return;
  for (auto next = version; next < migrations.size(); ++next) apply(connection, migrations[next], next + 1);
  // So that a database whose log got lost still shows whose it is and of which version.
  connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace assay::sqlite
