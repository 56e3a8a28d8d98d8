#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>

#include "http/server.hpp"

namespace assay::http {

/// A client of the plainest kind: sends bytes and reads bytes, and waits for each.
class RawClient {
 public:
  explicit RawClient(const TcpAddress& address) : socket_(context_) {
    socket_.connect({boost::asio::ip::make_address(address.host), address.port});
  }

  void send(std::string_view text) { boost::asio::write(socket_, boost::asio::buffer(text)); }

  /// Everything until the server closes. What was left unread of a reset connection is lost, as for any client.
  std::string read_to_end() {
    boost::system::error_code error;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(received_), error);
    return std::exchange(received_, {});
  }

  /// Everything up to and with `end`; what has come when the server closes before.
  std::string read_through(std::string_view end) {
    boost::system::error_code error;
    const auto size = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(received_), end, error);
    if (error) return std::exchange(received_, {});
    auto text = received_.substr(0, size);
    received_.erase(0, size);
    return text;
  }

  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
};

/// Two I/O threads and what a server reports to.
class LoopbackTest : public testing::Test {
 protected:
  LoopbackTest() { threads_.start(); }

  std::unique_ptr<Server> serve(Handler handler, ServerLimits limits = {}) {
    auto server = std::make_unique<Server>(threads_, TcpAddress{.host = "127.0.0.1", .port = 0}, std::move(handler),
                                           ServerOptions{.part = "test", .limits = limits}, log_, metrics_);
    server->start();
    return server;
  }

  IoThreads threads_{2};
  telemetry::Log log_{"test"};
  telemetry::Metrics metrics_;
};

/// Tells what it was asked: method, target and body.
inline Awaitable<Response> echo(Request request) {
  co_return respond(200, fmt::format("{} {} {};", to_string(request.method), request.target, request.body),
                    "text/plain");
}

}  // namespace assay::http
