#include "sqlite/schema.hpp"

#include <fmt/format.h>

#include <map>

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

/// Line breaks and indentation mean nothing.
std::string in_one_line(std::string_view sql) {
  std::string line;
  for (const char c : sql) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_blank) {
      line.push_back(c);
    } else if (!line.ends_with(' ')) {
      line.push_back(' ');
    }
  }
  return line;
}

/// Everything that was declared, by kind and name.
std::map<std::string, std::string> declarations(const Connection& connection) {
  std::map<std::string, std::string> found;
  auto rows = connection.prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'");
  while (rows.step()) found.emplace(rows.text(0), in_one_line(rows.text(1)));
  return found;
}

std::map<std::string, std::string> declarations_of(std::span<const std::string_view> migrations) {
  Connection made(":memory:", Access::kInMemory);
  for (const auto migration : migrations) made.execute(migration);
  return declarations(made);
}

void require_schema(const Connection& connection, std::span<const std::string_view> migrations) {
  const auto faults = schema_faults(connection, migrations);
  if (faults.empty()) return;
  throw Refusal(
      fmt::format("{} Put a backup in place with assay restore, and find out who changed it", faults.front()));
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
  require_schema(connection, migrations.first(version));
  if (version == migrations.size()) return;
  for (auto next = version; next < migrations.size(); ++next) apply(connection, migrations[next], next + 1);
  // So that a database whose log got lost still shows whose it is and of which version.
  connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::vector<std::string> schema_faults(const Connection& connection, std::span<const std::string_view> migrations) {
  const auto expected = declarations_of(migrations);
  const auto found = declarations(connection);
  std::vector<std::string> faults;
  for (const auto& [name, sql] : found) {
    const auto known = expected.find(name);
    if (known == expected.end()) {
      faults.push_back(fmt::format("The database has a {}, which nothing of this program made.", name));
    } else if (known->second != sql) {
      faults.push_back(fmt::format("The {} of the database is not of the form that it must have.", name));
    }
  }
  for (const auto& [name, sql] : expected) {
    if (!found.contains(name)) faults.push_back(fmt::format("The {} of the database is missing.", name));
  }
  return faults;
}

}  // namespace assay::sqlite
