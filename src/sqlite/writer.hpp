#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/resumption.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/health.hpp"
#include "sqlite/log_clearing.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/span.hpp"

namespace assay::sqlite {

/// Work that the writer does behind the requests, a slice at a time: search indexes, registers.
class BackgroundWork {
 public:
  virtual ~BackgroundWork() = default;
  /// Rows that wait to be worked on.
  virtual std::size_t backlog() const = 0;
  /// Works on at most `rows` of them inside the writer's open transaction. On the writer's thread.
  virtual void run_slice(Connection& connection, std::size_t rows) = 0;
  /// A transaction of the writer (a batch, one operation run alone, or a slice) is durable; or it is undone and
  /// its operations may be run again. On the writer's thread, before any caller is resumed: the place to publish
  /// or drop what operations keep in memory.
  virtual void on_committed() {}
  virtual void on_rolled_back() {}
};

struct WriterOptions {
  std::string store;                   ///< labels metrics and log lines: "patients", "audit", "gateway"
  std::size_t queue_limit = 20'000;    ///< rows of operations that wait; beyond, Unavailable
  std::size_t batch_limit = 2'000;     ///< rows in one transaction, unless one operation has more
  std::size_t backlog_limit = 10'000;  ///< rows of background work; beyond, requests wait for it
  std::filesystem::path reserve;       ///< a file whose space is given back when the disk is full
  std::size_t reserve_bytes = 16U << 20U;
};

/// The one writer of a database: a thread that takes all operations that wait, runs them as one
/// transaction, makes it durable with one fsync, and answers all. There is no timer: while a batch is made
/// durable the next one gathers by itself.
///
/// An operation that throws undoes the batch; then each is run again in a transaction of its own, so that
/// only the guilty fails: operations must bear being run again. When the disk is full the reserve file is
/// removed and the batch tried once more. After a failed fsync or another I/O error in a commit nothing is
/// written any more until the program is restarted, and what was being committed is OutcomeUnknown. So is what was
/// being committed when the log's index could not grow on a full disk; but that needs no restart.
class Writer {
 public:
  Writer(const std::filesystem::path& file, WriterOptions options, const telemetry::Log& log,
         telemetry::Metrics& metrics);
  /// Stops, then closes the connection: statements prepared on it must be gone by then.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// The writer's connection, to prepare statements and read the state before `start`; afterwards only
  /// inside operations.
  Connection& connection();

  /// Starts the thread. `background` may be null and must live until the writer has stopped.
  void start(BackgroundWork* background);

  /// Finishes what waits and ends the thread; what comes later is Unavailable. For the owner of statements on
  /// the writer's connection, before it lets them go.
  void stop();

  /// Runs `work(Connection&)`, which writes about `rows` rows, in the next transaction and returns its result once
  /// that is durable. Throws what the work threw, or Unavailable when nothing can be written; then nothing of it is
  /// stored. Safe from any I/O thread. What it waited for is told in spans `under` that place.
  template <class Work>
  Awaitable<std::invoke_result_t<Work&, Connection&>> run(Work work, std::size_t rows = 1,
                                                          telemetry::SpanPlace under = {}) {
    TypedOperation<Work> operation(std::move(work));
    operation.rows = rows;
    if (under.is_recording()) operation.wait.queued = precise_now();
    co_await suspend([this, &operation](Resumption resumption) { enqueue(operation, std::move(resumption)); });
    if (under.is_recording()) tell_wait(operation.wait, under);
    if (operation.failure) std::rethrow_exception(operation.failure);
    if constexpr (!std::is_void_v<std::invoke_result_t<Work&, Connection&>>) co_return std::move(*operation.result);
  }

  /// Empties the write-ahead log, and with `Remains::kOverwrite` also overwrites what pages hold beside their rows:
  /// then no file of the database holds what was deleted before the call. Each reader that began before must end for
  /// it; false when some did not within `patience`: the writer then goes on trying, and a stop or the next start does
  /// it. Overwriting reads the whole file, about a second a GiB, while writes wait.
  Awaitable<bool> clear_log(Remains remains, std::chrono::milliseconds patience = std::chrono::seconds(10));

  Health health() const;
  /// Why it is not ready; empty when it is.
  std::string health_reason() const;

 private:
  /// When an operation came, and when its transaction began and was durable or undone.
  struct Wait {
    PreciseTime queued;
    PreciseTime begun;
    PreciseTime ended;
    std::size_t operations = 0;  ///< of its group
  };

  struct Operation {
    Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation() = default;
    virtual void execute(Connection& connection) = 0;

    std::size_t rows = 1;
    Wait wait;
    std::chrono::steady_clock::time_point queued;
    std::optional<Resumption> resumption;
    std::exception_ptr failure;
  };

  /// Lives on the frame of the coroutine that waits for it, so that queueing allocates nothing.
  template <class Work>
  struct TypedOperation final : Operation {
    explicit TypedOperation(Work to_do) : work(std::move(to_do)) {}
    using Returned = std::invoke_result_t<Work&, Connection&>;
    using Kept = std::conditional_t<std::is_void_v<Returned>, std::monostate, Returned>;

    void execute(Connection& connection) override {
      if constexpr (std::is_void_v<Returned>) {
        work(connection);
      } else {
        result.emplace(work(connection));
      }
    }

    Work work;
    std::optional<Kept> result;
  };

  struct Implementation;

  void enqueue(Operation& operation, Resumption resumption);
  static void tell_wait(const Wait& wait, const telemetry::SpanPlace& under);

  std::unique_ptr<Implementation> implementation_;
};

}  // namespace assay::sqlite
