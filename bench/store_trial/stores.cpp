#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <sqlite3.h>

#include <stdexcept>

#include "store.hpp"

namespace assay::store_trial {
namespace {

constexpr std::size_t kCacheBytes = std::size_t{64} << 20;

/// A file in WAL mode; its checkpoints run in the writer, as they do unless one arranges otherwise.
class Sqlite final : public Database {
 public:
  explicit Sqlite(const std::filesystem::path& file) {
    check(sqlite3_open(file.c_str(), &connection_));
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-" + std::to_string(kCacheBytes >> 10));
    run("CREATE TABLE document(row INTEGER PRIMARY KEY, id BLOB, document TEXT, leaf BLOB)");
    run("CREATE UNIQUE INDEX document_id ON document(id)");
    insert_row_ = prepare("INSERT INTO document VALUES(?,?,?,?)");
    for (std::size_t field = 0; field < kSearchFields; ++field) {
      const auto table = "search_" + std::to_string(field);
      run("CREATE TABLE " + table + "(value TEXT, row INTEGER, PRIMARY KEY(value, row)) WITHOUT ROWID");
      insert_entry_[field] = prepare("INSERT INTO " + table + " VALUES(?,?)");
    }
  }
  ~Sqlite() override {
    sqlite3_finalize(insert_row_);
    for (auto* statement : insert_entry_) sqlite3_finalize(statement);
    sqlite3_close(connection_);
  }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void insert(std::span<const Row> rows, std::int64_t first) override {
    run("BEGIN IMMEDIATE");
    for (const auto& row : rows) {
      sqlite3_bind_int64(insert_row_, 1, first++);
      sqlite3_bind_blob(insert_row_, 2, row.id.data(), static_cast<int>(row.id.size()), SQLITE_STATIC);
      bind_text(insert_row_, 3, row.document);
      sqlite3_bind_blob(insert_row_, 4, row.leaf.data(), static_cast<int>(row.leaf.size()), SQLITE_STATIC);
      step(insert_row_);
    }
    run("COMMIT");
  }

  void index(const std::array<std::vector<Entry>, kSearchFields>& sorted) override {
    run("BEGIN IMMEDIATE");
    for (std::size_t field = 0; field < kSearchFields; ++field) {
      for (const auto& entry : sorted[field]) {
        bind_text(insert_entry_[field], 1, entry.value);
        sqlite3_bind_int64(insert_entry_[field], 2, entry.row);
        step(insert_entry_[field]);
      }
    }
    run("COMMIT");
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(connection_));
  }

  void run(const std::string& sql) { check(sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr)); }

  sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr));
    return statement;
  }

  static void bind_text(sqlite3_stmt* statement, int position, const std::string& text) {
    sqlite3_bind_text(statement, position, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

  void step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(connection_));
    check(sqlite3_reset(statement));
  }

  sqlite3* connection_ = nullptr;
  sqlite3_stmt* insert_row_ = nullptr;
  std::array<sqlite3_stmt*, kSearchFields> insert_entry_{};
};

std::string big_endian(std::int64_t row) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(row >> (56 - 8 * i));
  return bytes;
}

/// The kinds of rows are told apart by the first byte of their keys.
class Rocksdb final : public Database {
 public:
  explicit Rocksdb(const std::filesystem::path& folder) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(kCacheBytes);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    rocksdb::Options options;
    options.create_if_missing = true;
    options.IncreaseParallelism(2);
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    rocksdb::DB* database = nullptr;
    check(rocksdb::DB::Open(options, folder, &database));
    database_.reset(database);
    durable_.sync = true;
  }

  void insert(std::span<const Row> rows, std::int64_t first) override {
    rocksdb::WriteBatch batch;
    std::string found;
    for (const auto& row : rows) {
      const auto number = big_endian(first++);
      // SQLite's unique index refuses an id that is there; here the look-up must be made.
      if (!database_->Get({}, "i" + row.id, &found).IsNotFound()) throw std::runtime_error("the id is taken");
      check(batch.Put("i" + row.id, number));
      check(batch.Put("d" + number, row.document));
      if (!row.leaf.empty()) check(batch.Put("l" + number, row.leaf));
    }
    check(database_->Write(durable_, &batch));
  }

  void index(const std::array<std::vector<Entry>, kSearchFields>& sorted) override {
    rocksdb::WriteBatch batch;
    for (std::size_t field = 0; field < kSearchFields; ++field) {
      const auto prefix = std::to_string(field);
      for (const auto& entry : sorted[field]) check(batch.Put(prefix + entry.value + '\0' + big_endian(entry.row), ""));
    }
    check(database_->Write(durable_, &batch));
  }

 private:
  static void check(const rocksdb::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.ToString());
  }

  std::unique_ptr<rocksdb::DB> database_;
  rocksdb::WriteOptions durable_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(const std::filesystem::path& path) { return std::make_unique<Sqlite>(path); }
std::unique_ptr<Database> open_rocksdb(const std::filesystem::path& path) { return std::make_unique<Rocksdb>(path); }

}  // namespace assay::store_trial
