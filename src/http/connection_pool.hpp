#pragma once

#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>
#include <vector>

#include "http/client_connection.hpp"
#include "http/client_metrics.hpp"

namespace assay::http {

/// One I/O thread's kept-alive connections of a client; everything runs on that thread.
class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  /// `metrics` may be null.
  ConnectionPool(const Executor& executor, Peer peer, const ClientLimits& limits,
                 std::shared_ptr<ClientMetrics> metrics);

  /// As Client::send. The pool must be kept until it is done.
  Awaitable<Response> send(Request request);

 private:
  using Connections = std::list<std::unique_ptr<ClientConnection>>;

  /// The right to hold one connection.
  class Turn;
  /// A connection in use.
  class Lease;

  /// Somebody who waits for a turn.
  struct Waiter {
    explicit Waiter(const Executor& executor) : timer(executor) {}
    Timer timer;
    bool has_turn = false;
  };

  Awaitable<void> wait_for_turn();
  void end_turn();
  std::unique_ptr<ClientConnection> connection();
  /// The connection used last of those that wait and are alive; none when there is no such.
  std::unique_ptr<ClientConnection> take_idle();
  Awaitable<Response> exchange(WipedText head, Request request);
  /// Looks for connections that are late, as long as any is in use.
  void sweep();

  Executor executor_;
  Peer peer_;
  ClientLimits limits_;
  std::shared_ptr<ClientMetrics> metrics_;
  std::vector<std::unique_ptr<ClientConnection>> idle_;
  Connections active_;
  std::list<Waiter*> waiting_;
  std::size_t turns_ = 0;
  Timer timer_;
  bool sweeping_ = false;
};

}  // namespace assay::http
