#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <vector>

#include "base/async.hpp"

namespace assay {

/// A suspended coroutine in the hands of another thread, which must resume it exactly once.
class Resumption {
 public:
  Resumption(Executor executor, std::move_only_function<void()> resume)
      : executor_(std::move(executor)), resume_(std::move(resume)) {}

  /// Continues the coroutine on its own I/O thread. Safe from any thread.
  void resume() &&;

 private:
  friend void resume_all(std::vector<Resumption> resumptions);

  Executor executor_;
  std::move_only_function<void()> resume_;
};

/// Resumes all with one wake-up for each I/O thread: a wake-up a request costs more than the request.
void resume_all(std::vector<Resumption> resumptions);

/// Suspends the calling coroutine and hands it over. `hand_over` runs on the caller's thread, after
/// the suspension. Cancellation has no effect while suspended.
inline Awaitable<void> suspend(std::move_only_function<void(Resumption)> hand_over) {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(
      [executor](auto handler, std::move_only_function<void(Resumption)> receive) {
        receive(Resumption(executor, std::move(handler)));
      },
      use_awaitable, std::move(hand_over));
}

}  // namespace assay
