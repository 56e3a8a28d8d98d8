#include "sqlite/page_remains.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/error.hpp"

namespace assay::sqlite {

namespace {

// https://www.sqlite.org/fileformat2.html, section 1.6
constexpr std::size_t kFileHeaderBytes = 100;
constexpr std::size_t kInteriorHeaderBytes = 12;
constexpr std::size_t kLeafHeaderBytes = 8;
constexpr std::size_t kFreeBlockHeaderBytes = 4;
constexpr std::int64_t kPagesAtATime = 256;
/// From there on the number of a page, with which overflow pages begin, may look like the type of another page.
constexpr std::int64_t kTooManyPages = std::int64_t{2} << 24U;

bool is_interior(std::uint8_t type) { return type == 2 || type == 5; }
bool is_leaf(std::uint8_t type) { return type == 10 || type == 13; }

std::size_t number_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return (std::size_t{bytes[offset]} << 8U) | bytes[offset + 1];
}

/// The file as SQLite has it open: to open it once more and close that would end all locks of this process.
class DatabaseFile {
 public:
  explicit DatabaseFile(Connection& connection) : connection_(connection) {
    check(sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file_)),
          "find its file");
  }

  void read(std::span<std::uint8_t> bytes, std::int64_t offset) {
    check(file_->pMethods->xRead(file_, bytes.data(), static_cast<int>(bytes.size()), offset), "read a page");
  }

  void write(std::span<const std::uint8_t> bytes, std::int64_t offset) {
    check(file_->pMethods->xWrite(file_, bytes.data(), static_cast<int>(bytes.size()), offset), "overwrite remains");
  }

  std::int64_t size() {
    sqlite3_int64 bytes = 0;
    check(file_->pMethods->xFileSize(file_, &bytes), "measure its file");
    return bytes;
  }

  void sync() { check(file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL), "make durable what was overwritten"); }

 private:
  void check(int code, std::string_view action) {
    if (code != SQLITE_OK) throw Error(code, action, connection_.handle());
  }

  Connection& connection_;
  sqlite3_file* file_ = nullptr;
};

/// Overwrites a part of a page, in memory and, unless it was empty already, in the file.
bool clear(std::span<std::uint8_t> part, std::int64_t offset, DatabaseFile& file) {
  if (std::ranges::all_of(part, [](std::uint8_t byte) { return byte == 0; })) return false;
  std::ranges::fill(part, std::uint8_t{0});
  file.write(part, offset);
  return true;
}

/// `page` is what follows the file's header on the first page, else all of it; offsets in it count from `origin`.
bool clear_page(std::span<std::uint8_t> page, std::size_t header, std::int64_t offset, DatabaseFile& file) {
  const auto type = page[header];
  if (!is_interior(type) && !is_leaf(type)) return false;  // an overflow page, or a free one, which is empty
  const auto cells = number_at(page, header + 3);
  const auto gap = header + (is_interior(type) ? kInteriorHeaderBytes : kLeafHeaderBytes) + (2 * cells);
  const auto content = number_at(page, header + 5);
  if (content < gap || content > page.size()) return false;
  bool changed = clear(page.subspan(gap, content - gap), offset + static_cast<std::int64_t>(gap), file);
  for (auto block = number_at(page, header + 1); block != 0;) {
    if (block + kFreeBlockHeaderBytes > page.size()) return changed;
    const auto size = number_at(page, block + 2);
    if (size < kFreeBlockHeaderBytes || block + size > page.size()) return changed;
    const auto start = block + kFreeBlockHeaderBytes;
    changed |=
        clear(page.subspan(start, size - kFreeBlockHeaderBytes), offset + static_cast<std::int64_t>(start), file);
    block = number_at(page, block);
  }
  return changed;
}

}  // namespace

void overwrite_remains(Connection& connection) {
  auto page_size = connection.prepare("PRAGMA page_size");
  page_size.step();
  const auto page_bytes = page_size.integer(0);
  page_size.reset();
  DatabaseFile file(connection);
  const auto pages = file.size() / page_bytes;
  if (pages >= kTooManyPages) throw Refusal("remains in a database of 128 GiB or more can't be overwritten");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kPagesAtATime * page_bytes));
  bool changed = false;
  for (std::int64_t first = 0; first < pages; first += kPagesAtATime) {
    const auto count = std::min(kPagesAtATime, pages - first);
    const auto run = std::span(bytes).first(static_cast<std::size_t>(count * page_bytes));
    file.read(run, first * page_bytes);
    for (std::int64_t page = 0; page < count; ++page) {
      const auto offset = (first + page) * page_bytes;
      const auto part = run.subspan(static_cast<std::size_t>(page * page_bytes), static_cast<std::size_t>(page_bytes));
      changed |= clear_page(part, offset == 0 ? kFileHeaderBytes : 0, offset, file);
    }
  }
  if (changed) file.sync();
  // Its copies of the pages would bring the remains back with the next write.
  sqlite3_db_release_memory(connection.handle());
}

}  // namespace assay::sqlite
