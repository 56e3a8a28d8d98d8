#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace assay {

/// Every coroutine of the program runs on an io_context directly: a type-erased executor costs a
/// virtual call and an allocation at each suspension.
using Executor = boost::asio::io_context::executor_type;

template <class T>
using Awaitable = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> use_awaitable{};

/// A timer of the program's coroutines.
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace assay
