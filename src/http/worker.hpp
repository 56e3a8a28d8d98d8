#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "http/server.hpp"
#include "http/socket.hpp"

namespace assay::http {

class Connection;

/// What all threads of one server share.
struct ServerState {
  ServerState(Handler handle, ServerOptions server_options, const telemetry::Log& logger, telemetry::Metrics& registry);

  Handler handler;
  ServerOptions options;
  const telemetry::Log& log;
  telemetry::Metrics& metrics;
  telemetry::Gauge& open_connections;
  telemetry::Counter& refused_connections;

  std::atomic<std::size_t> connections{0};
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable all_closed;  ///< `connections` became 0 while stopping
};

/// One I/O thread's share of a server: its connections, and the sweep that closes those that are late.
/// Everything but the constructor and `adopt` runs on its thread.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(boost::asio::io_context& context, std::shared_ptr<ServerState> state);

  boost::asio::io_context& context() { return context_; }
  ServerState& state() { return *state_; }

  /// Serves a connection whose socket was made on `context`; closes it where there are too many. Safe
  /// from any thread.
  void adopt(Socket socket);

  /// Looks at intervals for connections that are late, until `close_all`.
  void sweep();

  /// Closes the connections that wait for a request.
  void close_idle();
  /// Closes all connections and ends the sweep.
  void close_all();

  using Place = std::list<Connection*>::iterator;
  Place enter(Connection& connection) { return connections_.insert(connections_.end(), &connection); }
  void leave(Place place);

  /// The time as the Date header has it.
  std::string_view date();

 private:
  boost::asio::io_context& context_;
  std::shared_ptr<ServerState> state_;
  std::list<Connection*> connections_;
  Timer timer_;
  bool closed_ = false;
  std::time_t date_time_ = 0;
  std::string date_;
};

}  // namespace assay::http
