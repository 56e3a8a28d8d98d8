#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "audit/store.hpp"
#include "base/random.hpp"

namespace assay::audit {

/// A future's value must have a default.
template <class T>
Awaitable<std::optional<T>> in_optional(Awaitable<T> work) {
  co_return co_await std::move(work);
}

/// Runs a coroutine to its end, for tests. The context must outlive whatever thread wakes it.
template <class T>
T run_on(boost::asio::io_context& context, Awaitable<T> work) {
  context.restart();
  if constexpr (std::is_void_v<T>) {
    auto done = boost::asio::co_spawn(context, std::move(work), boost::asio::use_future);
    context.run();
    done.get();
  } else {
    auto result = boost::asio::co_spawn(context, in_optional(std::move(work)), boost::asio::use_future);
    context.run();
    return *result.get();
  }
}

/// Where no other thread has a part in it.
template <class T>
T run(Awaitable<T> work) {
  boost::asio::io_context context(1);
  return run_on(context, std::move(work));
}

/// Appends records of nobody, one after the other, for tests.
inline void append_some(Appender& appender, Random& random, int count) {
  for (int i = 0; i < count; ++i) {
    std::vector<NewRecord> one;
    one.push_back({.id = Uuid::generate(random),
                   .source_system_name = "X",
                   .resource = std::nullopt,
                   .actor = std::nullopt,
                   .operation_id = {},
                   .patient_id = std::nullopt,
                   .outcome = std::nullopt});
    run(appender.append(std::move(one), {})).value();
  }
}

}  // namespace assay::audit
