#include "sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <chrono>
#include <utility>

namespace assay::sqlite {

namespace {

constexpr int kRequestPages = 4096;  // 16 MiB
constexpr int kRequestAgainPages = 1024;
constexpr std::chrono::seconds kTick{1};

}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& file, std::function<void()> tick,
                           std::function<void(const Error&)> on_failure)
    : connection_(file, Access::kReadWrite),
      tick_(std::move(tick)),
      on_failure_(std::move(on_failure)),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Checkpointer::note_log_pages(int pages) {
  if (pages < pages_at_last_request_) pages_at_last_request_ = 0;
  if (copied_.exchange(false)) return true;
  const int threshold = pages_at_last_request_ == 0 ? kRequestPages : pages_at_last_request_ + kRequestAgainPages;
  if (pages < threshold || running_.exchange(true)) return false;
  pages_at_last_request_ = pages;
  {
    const std::scoped_lock lock(mutex_);
    requested_ = true;
  }
  wake_.notify_one();
  return false;
}

void Checkpointer::checkpoint(Connection& connection) {
  const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Busy means that the other side is copying right now, which serves as well.
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
    throw Error(code, "checkpoint", connection.handle());
  }
}

bool Checkpointer::empty_log(Connection& connection, std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(connection.handle(), static_cast<int>(patience.count()));
  const int code =
      sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  connection.wait_for_others();
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) throw Error(code, "checkpoint", connection.handle());
  return code == SQLITE_OK;
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kTick, [this] { return requested_ || stopping_; });
    const bool requested = std::exchange(requested_, false);
    lock.unlock();
    if (requested) {
      try {
        checkpoint(connection_);
        copied_ = true;
      } catch (const Error& error) {
        on_failure_(error);
      }
      running_ = false;
    }
    tick_();
    lock.lock();
  }
}

}  // namespace assay::sqlite
