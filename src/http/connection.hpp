#pragma once

#include <memory>
#include <string>

#include "http/read_buffer.hpp"
#include "http/request_parser.hpp"
#include "http/response_head.hpp"
#include "http/socket.hpp"
#include "http/worker.hpp"

namespace assay::http {

/// One connection of a server, on its worker's thread.
class Connection {
 public:
  Connection(std::shared_ptr<Worker> worker, Socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves requests until the connection ends.
  Awaitable<void> run();

  /// Closes the connection if what it waits for is late at `now`; a late request is told so first.
  void expire(SteadyClock::time_point now);
  void close_if_idle();
  void close();

 private:
  enum class Phase { kIdle, kReceiving, kHandling, kSending, kDraining };

  /// Reads once; false when nothing more comes.
  Awaitable<bool> receive();
  /// Sends `head_` and the body; false when the peer is gone.
  Awaitable<bool> send(std::string body);
  Awaitable<bool> send_continue();
  /// Answers a request that can't be read, and sees to it that the client gets to read the answer.
  Awaitable<void> refuse(Problem problem, Request request);
  Awaitable<Response> handle(Request request);

  void enter_phase(Phase phase, std::chrono::milliseconds limit);
  /// Moves the deadline of an answer forward by what the peer has taken of it.
  void earn_time(SteadyClock::time_point now);
  RequestParser::Progress parse(RequestParser& parser);
  void add_context(Request& request) const;
  void write_head(const Response& response, const telemetry::TraceContext& trace, Method method, bool closes);

  std::shared_ptr<Worker> worker_;
  Worker::Place place_;
  Socket socket_;
  ReadBuffer buffer_;
  std::string head_;
  Phase phase_ = Phase::kIdle;
  SteadyClock::time_point deadline_;
  SteadyClock::time_point sending_since_;
  std::size_t sent_ = 0;   ///< of the answer, to the kernel
  std::size_t taken_ = 0;  ///< of it, by the peer
  bool late_ = false;
  bool from_loopback_ = false;
  std::string peer_address_;
};

/// Serves the connection until it ends; on the worker's thread.
Awaitable<void> serve_connection(std::shared_ptr<Worker> worker, Socket socket);

}  // namespace assay::http
