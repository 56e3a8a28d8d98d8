#include "sqlite/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "base/error.hpp"

namespace assay::sqlite {

namespace {

constexpr int kPrimaryCodeMask = 0xff;
constexpr int kBusyTimeoutMilliseconds = 5000;

void check(int code, std::string_view action, sqlite3* database) {
  if (code != SQLITE_OK) throw Error(code, action, database);
}

std::string describe(int code, std::string_view action) {
  return fmt::format("the database failed to {}: {} ({})", action, sqlite3_errstr(code), code);
}

std::string describe(int code, std::string_view action, sqlite3* database) {
  const auto primary = code & kPrimaryCodeMask;
  const auto* file = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  if (file == nullptr || (primary != SQLITE_NOTADB && primary != SQLITE_CORRUPT)) return describe(code, action);
  return fmt::format("{} is damaged or no database ({}); put a backup in place with assay restore", file,
                     sqlite3_errstr(code));
}

}  // namespace

void use_no_shared_counters() { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

Error::Error(int code, std::string_view action, int system_error)
    : std::runtime_error(describe(code, action)), code_(code), system_error_(system_error) {}

Error::Error(int code, std::string_view action, sqlite3* database)
    : std::runtime_error(describe(code, action, database)),
      code_(code),
      system_error_(sqlite3_system_errno(database)) {}

bool Error::is_constraint() const { return (code_ & kPrimaryCodeMask) == SQLITE_CONSTRAINT; }

bool Error::is_for_lack_of_room() const { return system_error_ == ENOSPC || system_error_ == EDQUOT; }

bool Error::is_full() const {
  return (code_ & kPrimaryCodeMask) == SQLITE_FULL || (code_ == SQLITE_IOERR_WRITE && is_for_lack_of_room());
}

bool Error::is_full_behind_log() const { return code_ == SQLITE_IOERR_SHMSIZE && is_for_lack_of_room(); }

bool Error::is_io() const {
  const auto primary = code_ & kPrimaryCodeMask;
  return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_READONLY;
}

bool Error::is_damage() const {
  const auto primary = code_ & kPrimaryCodeMask;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

Statement::Statement(sqlite3* database, std::string_view sql) {
  check(sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_,
                           nullptr),
        "prepare a statement", database);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, parameter, value), "bind a number", sqlite3_db_handle(statement_));
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text64(statement_, parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
        "bind a text", sqlite3_db_handle(statement_));
  return *this;
}

Statement& Statement::bind(int parameter, Blob blob) {
  check(sqlite3_bind_blob64(statement_, parameter, blob.data(), blob.size(), SQLITE_TRANSIENT), "bind bytes",
        sqlite3_db_handle(statement_));
  return *this;
}

Statement& Statement::bind(int parameter, std::nullptr_t /*null*/) {
  check(sqlite3_bind_null(statement_, parameter), "bind a null", sqlite3_db_handle(statement_));
  return *this;
}

Statement& Statement::bind(int parameter, const std::optional<std::string>& text) {
  return text ? bind(parameter, std::string_view(*text)) : bind(parameter, nullptr);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto* const database = sqlite3_db_handle(statement_);
  Error error(sqlite3_extended_errcode(database), "run a statement", database);
  sqlite3_reset(statement_);
  throw error;
}

void Statement::run() {
  step();
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr ? std::string_view()
                         : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

Blob Statement::blob(int column) const {
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Connection::Connection(const std::filesystem::path& file, Access access) {
  const int purpose = access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int place = access == Access::kInMemory ? SQLITE_OPEN_MEMORY : 0;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | purpose | place;
  const int code = sqlite3_open_v2(file.c_str(), &database_, flags, nullptr);
  if (code != SQLITE_OK) {
    sqlite3_close(std::exchange(database_, nullptr));
    throw Error(code, fmt::format("open {}", file.string()));
  }
  try {
    wait_for_others();
    // A view in a table's place could show anything.
    sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    // Checkpoints are the writer's business: an automatic one would stall a commit.
    execute("PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
    if (access == Access::kReadWrite) begin_log();
  } catch (...) {
    sqlite3_close(std::exchange(database_, nullptr));
    throw;
  }
}

Connection::~Connection() { sqlite3_close(database_); }

Connection::Connection(Connection&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(database_, other.database_);
  return *this;
}

Statement Connection::prepare(std::string_view sql) const { return Statement(database_, sql); }

void Connection::begin_log() {
  auto mode = prepare("PRAGMA journal_mode = WAL");
  mode.step();
  if (mode.text(0) != "wal") {
    throw Refusal(fmt::format("{} can't have a write-ahead log; keep the data directory on a local file system",
                              sqlite3_db_filename(database_, "main")));
  }
  mode.reset();
  // What is deleted is overwritten, in pages and on the list of free ones.
  execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
}

void Connection::execute(std::string_view sql) {
  check(sqlite3_exec(database_, std::string(sql).c_str(), nullptr, nullptr, nullptr), "run a statement", database_);
}

void Connection::roll_back() {
  if (sqlite3_get_autocommit(database_) == 0) execute("ROLLBACK");
}

void Connection::wait_for_others() { sqlite3_busy_timeout(database_, kBusyTimeoutMilliseconds); }

std::int64_t Connection::changes() const { return sqlite3_changes64(database_); }

std::int64_t Connection::last_insert_row() const { return sqlite3_last_insert_rowid(database_); }

}  // namespace assay::sqlite
