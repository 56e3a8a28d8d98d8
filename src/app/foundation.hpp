#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/clock.hpp"
#include "base/io_threads.hpp"
#include "base/random.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/tracer.hpp"

namespace assay::app {

/// What every part stands on. Must outlive the parts.
struct Foundation {
  Foundation(std::string part, std::size_t thread_count, const telemetry::TracerOptions& tracing)
      : log(std::move(part)), tracer(tracing), threads(thread_count) {}

  /// Runs a coroutine on an I/O thread and waits for its end. From outside the I/O threads only.
  template <class T>
  T wait_for(Awaitable<T> work) {
    if constexpr (std::is_void_v<T>) {
      boost::asio::co_spawn(threads.context(0), std::move(work), boost::asio::use_future).get();
    } else {
      return *boost::asio::co_spawn(threads.context(0), in_optional(std::move(work)), boost::asio::use_future).get();
    }
  }

  /// A future's value must have a default.
  template <class T>
  static Awaitable<std::optional<T>> in_optional(Awaitable<T> work) {
    co_return co_await std::move(work);
  }

  SystemClock clock;
  SystemRandom random;
  telemetry::Metrics metrics;
  telemetry::Log log;
  telemetry::Tracer tracer;
  IoThreads threads;
};

}  // namespace assay::app
