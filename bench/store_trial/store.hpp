#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// The trial of engines: what one create leaves behind, and what an engine must do with it.
namespace assay::store_trial {

constexpr std::size_t kSearchFields = 8;

/// An audit record with the hash of its leaf, or a patient's document without one. Ids and hashes are bytes.
struct Row {
  std::string id;
  std::string document;
  std::string leaf = {};
};

struct Entry {
  std::string value;
  std::int64_t row;
};

/// One service's database in an engine under trial, used by one thread.
class Database {
 public:
  virtual ~Database() = default;

  /// Stores rows, numbered onwards from `first`, whose ids must be new; durable on return.
  virtual void insert(std::span<const Row> rows, std::int64_t first) = 0;

  /// Adds to the search indexes, each field's entries sorted by value; durable on return.
  virtual void index(const std::array<std::vector<Entry>, kSearchFields>& sorted) = 0;
};

std::unique_ptr<Database> open_sqlite(const std::filesystem::path& path);
std::unique_ptr<Database> open_rocksdb(const std::filesystem::path& path);

}  // namespace assay::store_trial
