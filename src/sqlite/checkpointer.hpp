#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Copies the write-ahead log into the database beside the writer, on a thread and connection of its own, so
/// that no commit waits for it. Only the few pages that came in the meantime are left to the writer, which
/// alone can start the log over.
class Checkpointer {
 public:
  /// `tick` is called on the thread about once a second; `on_failure` with what a checkpoint failed of.
  Checkpointer(const std::filesystem::path& file, std::function<void()> tick,
               std::function<void(const Error&)> on_failure);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// The writer tells the log's length after each commit; returns true when it should copy the rest itself now.
  bool note_log_pages(int pages);

  /// Copies what the log holds and other connections allow. On the connection's thread.
  static void checkpoint(Connection& connection);

  /// Copies all and empties the log's file; false when another connection still reads from it, or copies. Waits
  /// `patience` for those. On the connection's thread.
  static bool empty_log(Connection& connection, std::chrono::milliseconds patience);

 private:
  void run();

  Connection connection_;
  std::function<void()> tick_;
  std::function<void(const Error&)> on_failure_;
  std::atomic<bool> copied_{false};
  std::atomic<bool> running_{false};
  int pages_at_last_request_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool requested_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace assay::sqlite
