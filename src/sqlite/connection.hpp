#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace assay::sqlite {

/// Lets SQLite allocate without counting: the counters are one lock that all threads share. To be called once,
/// before the first connection.
void use_no_shared_counters();

/// An error that SQLite reports. The text names the kind of fault, never a value of a statement.
class Error : public std::runtime_error {
 public:
  /// `system_error` is the errno behind it, 0 when there is none.
  Error(int code, std::string_view action, int system_error = 0);
  /// An error on a connection; of a damaged file the text names it and the remedy.
  Error(int code, std::string_view action, sqlite3* database);

  /// The extended result code (https://www.sqlite.org/rescode.html).
  int code() const { return code_; }
  bool is_constraint() const;
  /// Whether the disk, or the user's share of it, took no more, and nothing of the transaction is in the file.
  bool is_full() const;
  /// Whether the disk took no more once the transaction was in the log, and only the log's index lacks it: it is
  /// undone, but a crash before the next one could bring it back.
  bool is_full_behind_log() const;
  /// Whether the file system failed under the database: after it, what is durable is not known.
  bool is_io() const;
  /// Whether the file is not what a database is.
  bool is_damage() const;

 private:
  bool is_for_lack_of_room() const;

  int code_;
  int system_error_ = 0;
};

using Blob = std::span<const std::uint8_t>;

/// A prepared statement. Parameters count from 1, columns from 0. Views of columns live until the next
/// step. Not safe for several threads at once.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, Blob blob);
  Statement& bind(int parameter, std::nullptr_t null);
  Statement& bind(int parameter, const std::optional<std::string>& text);

  /// Advances to the next row; false when there is none.
  bool step();
  /// Runs a statement that gives no rows, and resets it.
  void run();
  /// Makes it ready to run again and forgets its parameters.
  void reset();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  Blob blob(int column) const;
  bool is_null(int column) const;

 private:
  sqlite3_stmt* statement_ = nullptr;
};

/// Binds nothing more: resets a statement when a scope ends, so that its read transaction ends too.
class ResetOnExit {
 public:
  explicit ResetOnExit(Statement& statement) : statement_(statement) {}
  ~ResetOnExit() { statement_.reset(); }
  ResetOnExit(const ResetOnExit&) = delete;
  ResetOnExit& operator=(const ResetOnExit&) = delete;

 private:
  Statement& statement_;
};

enum class Access { kReadWrite, kReadOnly, kInMemory };

/// One connection to a database file in WAL mode with synchronous=FULL. For one thread at a time. What opens it for
/// writing throws Refusal where there can be no such mode. One that is in memory has no file and no such mode.
class Connection {
 public:
  Connection(const std::filesystem::path& file, Access access);
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Statement prepare(std::string_view sql) const;
  /// Runs one or more statements that give no rows.
  void execute(std::string_view sql);
  /// Undoes the open transaction, unless SQLite has done so itself, as after a full disk or an I/O error.
  void roll_back();
  /// Lets statements wait for the locks of other connections, as from the beginning.
  void wait_for_others();
  /// Rows that the last statement changed.
  std::int64_t changes() const;
  std::int64_t last_insert_row() const;
  sqlite3* handle() const { return database_; }

 private:
  void begin_log();

  sqlite3* database_ = nullptr;
};

}  // namespace assay::sqlite
