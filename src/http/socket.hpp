#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <string_view>

#include "base/async.hpp"

namespace assay::http {

/// A connection over TCP or a Unix socket.
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol, Executor>;
using Endpoint = boost::asio::generic::stream_protocol::endpoint;

using SteadyClock = std::chrono::steady_clock;

/// Hands errors back as values.
inline constexpr auto kAwaitTuple = boost::asio::as_tuple(use_awaitable);

/// Sends both with one write where the socket, which must not block, takes them at once; false when the peer is gone.
/// `sent` tells at any time how many bytes were sent. What is pointed to and the texts must outlive the wait.
Awaitable<bool> write_message(Socket* socket, std::string_view head, std::string_view body, std::size_t* sent);

}  // namespace assay::http
