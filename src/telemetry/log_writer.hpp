#pragma once

#include <semaphore.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "telemetry/log.hpp"

namespace assay::telemetry {

/// Brings lines into a file: at once, or once it is started by a thread that takes what has gathered. Lines come whole
/// and in the order in which they were taken. Safe from any thread.
class LogWriter {
 public:
  /// `part` speaks where the log tells of itself.
  LogWriter(std::string part, int file);
  /// Writes what waits.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// From here on lines wait, up to `options.queue_bytes`; those that find no room are counted in `dropped` and in a
  /// line of the log. Only once.
  void start(const LogOptions& options, Counter& dropped);

  LogForm form() const { return form_; }

  /// Takes a line with its end. One of level error is waited for, unless the file takes nothing any more.
  void take(Level level, std::string_view line);

  /// Says that the program ends by an exception that nobody took.
  void tell_untaken(std::string_view reason);

  /// Lets the thread write what waits and that this signal ends the program; waits for it, a fifth of a second at most.
  /// May be called by a handler of signals.
  void flush_before_crash(int signal) noexcept;

 private:
  void run();
  void gather();
  void write_gathered();
  /// How many of the lines the file did not take.
  std::uint64_t write(std::string_view lines);
  bool is_stuck() const;
  void append_own_lines(std::string& batch, std::uint64_t dropped_lines, int crash_signal) const;

  std::string part_;
  int file_;
  LogForm form_ = LogForm::kJson;
  std::size_t queue_bytes_ = 0;
  Counter* dropped_total_ = nullptr;

  std::mutex mutex_;
  std::condition_variable written_changed_;
  std::string pending_;
  std::string batch_;           ///< the thread's own: what it writes now
  bool is_line_open_ = false;   ///< the file took a part of a line
  std::uint64_t taken_ = 0;     ///< bytes
  std::uint64_t written_ = 0;   ///< bytes of what was taken
  std::uint64_t not_told_ = 0;  ///< dropped lines that no line tells of yet
  bool is_running_ = false;
  std::optional<std::chrono::steady_clock::time_point> writes_since_;

  sem_t work_{};  ///< what a handler of signals may use too
  std::atomic<bool> is_urgent_{false};
  std::atomic<bool> is_stopping_{false};
  std::atomic<int> crash_signal_{0};
  std::atomic<bool> is_crash_written_{false};
  std::thread thread_;
};

}  // namespace assay::telemetry
