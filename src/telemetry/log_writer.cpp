#include "telemetry/log_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "base/clock.hpp"
#include "telemetry/log_line.hpp"

namespace assay::telemetry {

namespace {

/// How long lines gather: long enough to save most wake-ups and writes, and shorter than anybody notices.
constexpr std::chrono::milliseconds kGathering{20};
/// How long a line of level error is waited for.
constexpr std::chrono::milliseconds kPatience{100};
/// Lines of level error find room where others don't any more.
constexpr std::size_t kRoomForErrors = std::size_t{64} * 1024;
constexpr int kLooksBeforeCrash = 40;
constexpr timespec kBetweenLooks{.tv_sec = 0, .tv_nsec = 5'000'000};

/// What could not be written: a log has nowhere to say so at once.
std::string_view write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto size = ::write(file, text.data(), text.size());
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {
      pollfd writable{.fd = file, .events = POLLOUT, .revents = 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return text;
    }
  }
  return text;
}

std::uint64_t count_lines(std::string_view text) { return static_cast<std::uint64_t>(std::ranges::count(text, '\n')); }

timespec after(std::chrono::milliseconds delay) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  timespec moment{};
  ::clock_gettime(CLOCK_MONOTONIC, &moment);
  const auto nanoseconds = moment.tv_nsec + std::chrono::nanoseconds(delay).count();
  return {.tv_sec = moment.tv_sec + (nanoseconds / kNanoseconds), .tv_nsec = nanoseconds % kNanoseconds};
}

/// Signals are for the threads that wait for them. A crash is dealt with where it happens.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  for (const int crash : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&all, crash);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

LogWriter::LogWriter(std::string part, int file) : part_(std::move(part)), file_(file) { ::sem_init(&work_, 0, 0); }

LogWriter::~LogWriter() {
  if (thread_.joinable()) {
    is_stopping_ = true;
    ::sem_post(&work_);
    thread_.join();
  }
  ::sem_destroy(&work_);
}

void LogWriter::start(const LogOptions& options, Counter& dropped) {
  const std::scoped_lock lock(mutex_);
  form_ = options.form;
  queue_bytes_ = options.queue_bytes;
  dropped_total_ = &dropped;
  is_running_ = true;
  thread_ = std::thread([this] { run(); });
}

bool LogWriter::is_stuck() const {
  return writes_since_ && std::chrono::steady_clock::now() - *writes_since_ > kPatience;
}

void LogWriter::take(Level level, std::string_view line) {
  const bool is_urgent = level == Level::kError;
  std::unique_lock lock(mutex_);
  if (!is_running_) {
    write(line);
    return;
  }
  const auto size_before = pending_.size();
  if (size_before + line.size() > queue_bytes_ + (is_urgent ? kRoomForErrors : 0)) {
    ++not_told_;
    dropped_total_->Increment();
    return;
  }
  pending_ += line;
  taken_ += line.size();
  const bool is_half_full = size_before < queue_bytes_ / 2 && pending_.size() >= queue_bytes_ / 2;
  if (is_urgent || is_half_full) is_urgent_ = true;
  // Only the first of those that gather wakes the thread: a wake-up costs more than all else here.
  if (size_before == 0 || is_urgent || is_half_full) ::sem_post(&work_);
  if (!is_urgent || is_stuck()) return;
  written_changed_.wait_for(lock, kPatience, [this, mine = taken_] { return written_ >= mine; });
}

void LogWriter::run() {
  block_signals();
  while (!is_stopping_) {
    while (::sem_wait(&work_) != 0) {
    }
    gather();
    write_gathered();
  }
  const std::scoped_lock lock(mutex_);
  write(pending_);
  written_ = taken_;
  pending_.clear();
  is_running_ = false;
}

std::uint64_t LogWriter::write(std::string_view lines) {
  if (lines.empty()) return 0;
  // A line of which the file took a part alone must not run into the next.
  if (is_line_open_ && !write_all(file_, "\n").empty()) return count_lines(lines);
  const auto rest = write_all(file_, lines);
  const auto taken = lines.substr(0, lines.size() - rest.size());
  if (!taken.empty()) is_line_open_ = !taken.ends_with('\n');
  return count_lines(rest);
}

/// Returns early when something is urgent.
void LogWriter::gather() {
  const auto end = after(kGathering);
  while (!is_urgent_ && !is_stopping_ && crash_signal_ == 0) {
    if (::sem_clockwait(&work_, CLOCK_MONOTONIC, &end) != 0 && errno != EINTR) return;
  }
}

void LogWriter::write_gathered() {
  const int crash_signal = crash_signal_;
  std::unique_lock lock(mutex_);
  is_urgent_ = false;
  std::swap(pending_, batch_);
  const auto end = taken_;
  const auto dropped = std::exchange(not_told_, 0);
  writes_since_ = std::chrono::steady_clock::now();
  lock.unlock();
  const auto lost = write(batch_);
  batch_.clear();
  append_own_lines(batch_, dropped, crash_signal);
  const bool is_told = write(batch_) == 0;
  batch_.clear();
  lock.lock();
  if (lost != 0) dropped_total_->Increment(static_cast<double>(lost));
  not_told_ += lost + (is_told ? 0 : dropped);
  writes_since_.reset();
  written_ = end;
  written_changed_.notify_all();
  if (crash_signal != 0) is_crash_written_ = true;
}

void LogWriter::append_own_lines(std::string& batch, std::uint64_t dropped_lines, int crash_signal) const {
  const auto now = SystemClock().now();
  if (dropped_lines != 0) {
    append_line(batch, form_,
                {.time = now,
                 .level = Level::kWarning,
                 .part = part_,
                 .message = "lines of the log were dropped: they came faster than they could be written",
                 .fields = {{"lines", static_cast<std::int64_t>(dropped_lines)}}});
  }
  if (crash_signal != 0) {
    append_line(batch, form_,
                {.time = now,
                 .level = Level::kError,
                 .part = part_,
                 .message = "the program crashes",
                 .fields = {{"signal", std::int64_t{crash_signal}}}});
  }
}

void LogWriter::tell_untaken(std::string_view reason) {
  std::string line;
  append_line(line, form_,
              {.time = SystemClock().now(),
               .level = Level::kError,
               .part = part_,
               .message = "the program ends: nobody took an exception",
               .fields = {{"reason", reason}}});
  take(Level::kError, line);
}

void LogWriter::flush_before_crash(int signal) noexcept {
  crash_signal_ = signal;
  ::sem_post(&work_);
  for (int look = 0; look < kLooksBeforeCrash && !is_crash_written_; ++look) {
    ::nanosleep(&kBetweenLooks, nullptr);  // a handler of signals can wait for nothing else
  }
}

}  // namespace assay::telemetry
