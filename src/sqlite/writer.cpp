#include "sqlite/writer.hpp"

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "sqlite/checkpointer.hpp"
#include "sqlite/reserve.hpp"
#include "sqlite/writer_health.hpp"
#include "sqlite/writer_metrics.hpp"

namespace assay::sqlite {

namespace {

constexpr std::size_t kSliceRows = 2048;

/// Background work begins when nothing came for that long: in the gaps of a busy time it would do the same pages
/// again and again for a few rows each.
constexpr std::chrono::milliseconds kIdleDelay{20};

}  // namespace

struct Writer::Implementation {
  using Batch = std::vector<Operation*>;

  Implementation(const std::filesystem::path& database, WriterOptions writer_options, const telemetry::Log& writer_log,
                 telemetry::Metrics& registry)
      : file(database),
        connection(database, Access::kReadWrite),
        options(std::move(writer_options)),
        reserve(options.reserve, options.reserve_bytes),
        log(writer_log),
        metrics(registry, options.store),
        health(options.store, log, metrics.health) {
    connection.execute("PRAGMA cache_size = -32768");
    sqlite3_wal_hook(connection.handle(), &on_wal_commit, this);
    if (!reserve.take()) health.set(Health::kDegraded, "the disk has little space left");
    registry.on_collect([this] {
      metrics.free_bytes.Set(static_cast<double>(reserve.free_bytes()));
      metrics.note_files(file);
      const std::scoped_lock lock(mutex);
      metrics.queue.Set(static_cast<double>(rows_in_queue));
    });
  }

  static int on_wal_commit(void* self, sqlite3* /*database*/, const char* /*name*/, int pages) {
    static_cast<Implementation*>(self)->log_pages = pages;
    return SQLITE_OK;
  }

  void run() {
    while (true) {
      auto batch = take_batch();
      if (!batch) return;
      if (!batch->empty()) commit(*batch);
      index_behind(batch->empty());
      if (background != nullptr) metrics.backlog.Set(static_cast<double>(background->backlog()));
      finish_checkpoint();
      clear_log();
    }
  }

  void clear_log() {
    try {
      if (clearing.is_due() && clearing.attempt(connection)) log_pages = 0;
    } catch (const Error& error) {
      note_trouble_behind(error);
    } catch (const std::exception& exception) {
      health.set(Health::kFailed, exception.what());
    }
  }

  std::size_t backlog() const {
    return background != nullptr && !slices_paused && !health.has_failed() ? background->backlog() : 0;
  }

  /// Waits for operations; an empty batch means that there is time for background work, nothing that the
  /// writer is to end.
  std::optional<Batch> take_batch() {
    std::unique_lock lock(mutex);
    const auto has_work = [this] { return stopping || !queue.empty(); };
    // A backlog comes by itself when slices may run again after a full disk.
    const auto has_any_work = [&] { return has_work() || backlog() > 0 || clearing.is_new(); };
    if (clearing.is_due()) {
      wake.wait_for(lock, clearing.interval(), has_any_work);
    } else {
      wake.wait(lock, has_any_work);
    }
    clearing.look();
    wake.wait_for(lock, kIdleDelay, has_work);
    if (queue.empty()) return stopping ? std::nullopt : std::optional<Batch>(std::in_place);
    return take_from_queue();
  }

  Batch take_from_queue() {
    Batch batch;
    std::size_t rows = 0;
    while (!queue.empty() && (batch.empty() || rows + queue.front()->rows <= options.batch_limit)) {
      rows += queue.front()->rows;
      batch.push_back(queue.front());
      queue.pop_front();
    }
    rows_in_queue -= rows;
    return batch;
  }

  void commit(const Batch& batch) {
    const auto begin = std::chrono::steady_clock::now();
    const auto begun = precise_now();
    for (const auto* operation : batch) metrics.queue_wait.observe(begin - operation->queued);
    if (health.has_failed()) {
      fail_all(batch, std::make_exception_ptr(Unavailable("the store stopped writing after a failure of the disk")));
    } else if (const auto failure = try_transaction(batch)) {
      recover(batch, failure);
    }
    metrics.duration.observe(std::chrono::steady_clock::now() - begin);
    const auto ended = precise_now();
    for (auto* operation : batch) {
      operation->wait.begun = begun;
      operation->wait.ended = ended;
      operation->wait.operations = batch.size();
    }
    resume(batch);
  }

  /// Runs the operations as one transaction; null once that is durable, else why it was undone.
  std::exception_ptr try_transaction(const Batch& batch) {
    try {
      if (is_relaxed) make_strict();
      connection.execute("BEGIN IMMEDIATE");
      for (auto* operation : batch) operation->execute(connection);
      const telemetry::Stopwatch watch(metrics.sync_duration);
      connection.execute("COMMIT");
    } catch (...) {
      const auto failure = std::current_exception();
      roll_back();
      return failure;
    }
    metrics.batch_operations.observe(static_cast<double>(batch.size()));
    if (background != nullptr) background->on_committed();
    return nullptr;
  }

  void roll_back() {
    connection.roll_back();
    metrics.undone.Increment();
    if (background != nullptr) background->on_rolled_back();
  }

  void recover(const Batch& batch, const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const Error& error) {
      if (error.is_full()) return recover_from_full_disk(batch);
      if (error.is_full_behind_log()) return leave_open(batch, error.what());
      if (error.is_io()) return stop_writing(batch, error.what());
    } catch (...) {  // an operation's own fault, told to its caller below
    }
    if (batch.size() == 1) return fail_all(batch, failure);
    run_each_alone(batch);
  }

  void recover_from_full_disk(const Batch& batch) {
    const bool gave_room = note_full_disk();
    if (!gave_room) return fail_all(batch, std::make_exception_ptr(Unavailable("the disk is full")));
    if (const auto failure = try_transaction(batch)) recover(batch, failure);
  }

  /// A crash before the next transaction could bring it back, so nobody may be told that it failed.
  void leave_open(const Batch& batch, const std::string& why) {
    note_full_disk();
    fail_all(batch, std::make_exception_ptr(OutcomeUnknown(why)));
  }

  /// Whether there was a reserve to give back.
  bool note_full_disk() {
    // Together, or the tick could take the reserve that is still there for a sign of room.
    const std::scoped_lock lock(reserve_mutex);
    const bool gave_room = reserve.release();
    health.set(Health::kDegraded, "the disk is full");
    return gave_room;
  }

  /// What the disk failed at may be on it all the same.
  void stop_writing(const Batch& batch, const std::string& why) {
    health.set(Health::kFailed, why);
    fail_all(batch, std::make_exception_ptr(OutcomeUnknown(why)));
  }

  void run_each_alone(const Batch& batch) {
    for (auto* operation : batch) {
      const Batch alone{operation};
      if (health.has_failed()) {
        fail_all(alone, std::make_exception_ptr(Unavailable("the store stopped writing after a failure of the disk")));
      } else if (const auto failure = try_transaction(alone)) {
        recover(alone, failure);
      }
    }
  }

  static void fail_all(const Batch& batch, const std::exception_ptr& failure) {
    for (auto* operation : batch) operation->failure = failure;
  }

  static void resume(const Batch& batch) {
    std::vector<Resumption> resumptions;
    resumptions.reserve(batch.size());
    // An operation lives on its caller's frame: none may be touched once the first caller continues.
    for (auto* operation : batch) resumptions.push_back(std::move(*operation->resumption));
    resume_all(std::move(resumptions));
  }

  void index_behind(bool idle) {
    if (backlog() == 0) return;
    if (idle) return run_slice(kSliceRows);
    while (backlog() > options.backlog_limit) {
      const auto before = backlog();
      run_slice(kSliceRows);
      if (backlog() >= before) return;
    }
  }

  /// A slice needs no fsync of its own: losing it loses no row, and the next batch's fsync carries it.
  void run_slice(std::size_t rows) {
    try {
      is_relaxed = true;
      connection.execute("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE");
      background->run_slice(connection, rows);
      connection.execute("COMMIT");
      background->on_committed();
      make_strict();
    } catch (...) {
      undo_slice(std::current_exception());
    }
  }

  /// No batch may be committed without its fsync.
  void make_strict() {
    connection.execute("PRAGMA synchronous = FULL");
    is_relaxed = false;
  }

  void undo_slice(const std::exception_ptr& failure) {
    try {
      roll_back();
      make_strict();
      std::rethrow_exception(failure);
    } catch (const Error& error) {
      slices_paused = true;
      note_trouble_behind(error);
    } catch (const std::exception& exception) {
      health.set(Health::kFailed, exception.what());
    }
  }

  /// What failed beside the requests: nobody waits for it, but what it says of the disk counts.
  void note_trouble_behind(const Error& error) {
    if (error.is_full() || error.is_full_behind_log()) {
      note_full_disk();
    } else {
      health.set(Health::kFailed, error.what());
    }
  }

  void finish_checkpoint() {
    if (!checkpointer->note_log_pages(log_pages)) return;
    try {
      Checkpointer::checkpoint(connection);
    } catch (const Error& error) {
      note_trouble_behind(error);
    }
  }

  /// About once a second, beside the writer: a disk that has room again makes the store ready again.
  void tick() {
    metrics.note_disk(reserve.free_bytes());
    {
      const std::scoped_lock lock(reserve_mutex);
      if (!health.is_degraded() || !reserve.take()) return;
      health.set(Health::kReady, "");
    }
    {
      const std::scoped_lock lock(mutex);
      slices_paused = false;
    }
    wake.notify_one();
  }

  std::filesystem::path file;
  Connection connection;
  WriterOptions options;
  Reserve reserve;
  const telemetry::Log& log;
  WriterMetrics metrics;
  WriterHealth health;
  BackgroundWork* background = nullptr;
  bool is_relaxed = false;                 ///< whether a commit needs no fsync
  std::atomic<bool> slices_paused{false};  ///< the disk was full when one was tried

  LogClearing clearing{std::filesystem::path(file).concat(".remains")};
  int log_pages = 0;
  std::unique_ptr<Checkpointer> checkpointer;

  std::mutex reserve_mutex;

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Operation*> queue;
  std::size_t rows_in_queue = 0;
  bool stopping = false;
  std::thread thread;
};

Writer::Writer(const std::filesystem::path& file, WriterOptions options, const telemetry::Log& log,
               telemetry::Metrics& metrics)
    : implementation_(std::make_unique<Implementation>(file, std::move(options), log, metrics)) {}

Writer::~Writer() { stop(); }

void Writer::stop() {
  {
    const std::scoped_lock lock(implementation_->mutex);
    implementation_->stopping = true;
  }
  implementation_->wake.notify_one();
  if (implementation_->thread.joinable()) implementation_->thread.join();
  implementation_->checkpointer.reset();  // its thread uses what is destroyed before it
}

Connection& Writer::connection() { return implementation_->connection; }

void Writer::start(BackgroundWork* background) {
  auto& self = *implementation_;
  self.background = background;
  self.checkpointer = std::make_unique<Checkpointer>(
      self.file, [&self] { self.tick(); }, [&self](const Error& error) { self.note_trouble_behind(error); });
  // Copies of what was erased just before a crash.
  self.clearing.ask(self.clearing.left_over());
  self.thread = std::thread([&self] { self.run(); });
}

void Writer::enqueue(Operation& operation, Resumption resumption) {
  auto& self = *implementation_;
  operation.resumption.emplace(std::move(resumption));
  operation.queued = std::chrono::steady_clock::now();
  bool first = false;
  std::string_view refusal = "too many operations wait for the store";
  {
    const std::scoped_lock lock(self.mutex);
    if (self.stopping) {
      refusal = "the store is being closed";
    } else if (self.queue.empty() || self.rows_in_queue + operation.rows <= self.options.queue_limit) {
      first = self.queue.empty();
      self.rows_in_queue += operation.rows;
      self.queue.push_back(&operation);
      if (!first) return;
    }
  }
  if (first) return self.wake.notify_one();
  operation.failure = std::make_exception_ptr(Unavailable(std::string(refusal)));
  auto refused = std::move(*operation.resumption);
  std::move(refused).resume();
}

void Writer::tell_wait(const Wait& wait, const telemetry::SpanPlace& under) {
  if (wait.operations == 0) return;  // refused at once
  under.add({.name = "wait for group commit"}, wait.queued, wait.begun);
  under.add({.name = "group commit"}, wait.begun, wait.ended,
            {{"assay.group_commit.operations", static_cast<std::int64_t>(wait.operations)}});
}

Awaitable<bool> Writer::clear_log(Remains remains, std::chrono::milliseconds patience) {
  auto& self = *implementation_;
  std::uint64_t asked = 0;
  {
    const std::scoped_lock lock(self.mutex);
    asked = self.clearing.ask(remains);
  }
  self.wake.notify_one();
  return self.clearing.wait_for(asked, patience);
}

Health Writer::health() const { return implementation_->health.state(); }

std::string Writer::health_reason() const { return implementation_->health.reason(); }

}  // namespace assay::sqlite
