#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "base/resumption.hpp"

namespace assay {

/// A few threads for calls that block, so that the I/O threads never do. Bounded: when `queue_limit`
/// calls wait already, `run` throws Unavailable.
class BlockingPool {
 public:
  BlockingPool(std::size_t threads, std::size_t queue_limit) : queue_limit_(queue_limit), threads_(threads) {}
  ~BlockingPool() { threads_.join(); }
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Runs `call` on a thread of the pool; its result or exception is the caller's.
  template <class Call>
  Awaitable<std::invoke_result_t<Call&>> run(Call call) {
    if (waiting_.fetch_add(1) >= queue_limit_) {
      --waiting_;
      throw Unavailable("too many calls wait for a thread");
    }
    std::optional<std::invoke_result_t<Call&>> result;
    std::exception_ptr failure;
    co_await suspend([this, &call, &result, &failure](Resumption resumption) {
      boost::asio::post(threads_, [this, &call, &result, &failure, caller = std::move(resumption)]() mutable {
        try {
          result.emplace(call());
        } catch (...) {
          failure = std::current_exception();
        }
        --waiting_;
        std::move(caller).resume();
      });
    });
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*result);
  }

 private:
  std::size_t queue_limit_;
  std::atomic<std::size_t> waiting_{0};
  boost::asio::thread_pool threads_;
};

}  // namespace assay
