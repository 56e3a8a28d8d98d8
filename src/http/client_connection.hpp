#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "http/client.hpp"
#include "http/read_buffer.hpp"
#include "http/response_parser.hpp"
#include "http/socket.hpp"
#include "telemetry/tally.hpp"

namespace assay::http {

/// Where a client's server is.
struct Peer {
  std::string host;
  std::string port;
  std::string authority;                                       ///< as the Host header has it
  std::optional<std::filesystem::path> socket = std::nullopt;  ///< then there is no host

  /// Of a URL, whose port is digits; 0 of a socket.
  std::int64_t port_number() const;

  /// Reads a URL http://host[:port]; throws Refusal for anything else.
  static Peer parse(std::string_view text);
};

/// How one attempt to get an answer ended.
struct Exchange {
  std::optional<Response> response;
  bool answer_begun = false;  ///< some of the answer came
  bool sent_any = false;      ///< some of the request may have reached the server
  std::string fault = {};     ///< why there is no response
};

/// One connection of a client, on its pool's thread.
class ClientConnection {
 public:
  /// `open` may be null.
  ClientConnection(const Executor& executor, telemetry::Tally* open) : socket_(executor) {
    if (open != nullptr) counted_.emplace(*open);
  }

  /// Connects by `deadline`. Throws Unavailable.
  Awaitable<void> connect(Peer peer, SteadyClock::time_point deadline);

  /// Sends the request and reads the answer by `deadline`. `head` and `body` must outlive the wait.
  Awaitable<Exchange> exchange(std::string_view head, std::string_view body, bool to_head, std::size_t response_bytes,
                               SteadyClock::time_point deadline);

  /// Whether the last exchange left the connection fit for another.
  bool reusable() const { return reusable_; }

  /// Whether the connection was closed because its deadline was over.
  bool late() const { return late_; }

  /// Whether the server still keeps the waiting connection open, as far as can be known now.
  bool is_alive();

  /// When the last exchange ended.
  SteadyClock::time_point idle_since() const { return idle_since_; }

  /// Closes the connection if its deadline is over at `now`.
  void expire(SteadyClock::time_point now);

 private:
  Awaitable<boost::system::error_code> connect_to_path(std::filesystem::path socket);
  Awaitable<boost::system::error_code> connect_to_host(std::string host, std::string port);
  Awaitable<Exchange> receive(bool to_head, std::size_t response_bytes);
  /// Parses what came, past interim answers.
  ResponseParser::Progress parse(std::optional<ResponseParser>& parser, bool to_head, std::size_t response_bytes);
  std::string fault(std::string_view what) const;

  std::optional<telemetry::Tallied> counted_;
  Socket socket_;
  ReadBuffer buffer_;
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  SteadyClock::time_point idle_since_;
  bool late_ = false;
  bool reusable_ = false;
};

}  // namespace assay::http
