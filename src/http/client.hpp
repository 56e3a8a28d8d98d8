#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "http/message.hpp"

namespace assay::http {

/// Bounds of what a client takes and waits for. Times are kept to a second, or to a quarter of the shorter of them.
struct ClientLimits {
  std::size_t connections_per_thread = 64;  ///< beyond: requests wait their turn
  std::size_t waiting_per_thread = 10'000;  ///< beyond: Unavailable
  std::size_t response_bytes = 16U << 20U;  ///< beyond: AnswerTooLarge
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds response_timeout{30'000};  ///< from sending to the last byte
};

class ClientMetrics;

/// An HTTP/1.1 client of one server with a pool of kept-alive connections for each I/O thread. Safe from any
/// thread; must go before the io_contexts on which it was used.
class Client {
 public:
  /// `url` is http://host[:port], without a path; throws Refusal with a sentence for anything else.
  explicit Client(const std::string& url, ClientLimits limits = {}, std::shared_ptr<ClientMetrics> metrics = nullptr);
  /// A client of a server on a Unix socket.
  explicit Client(const std::filesystem::path& socket, ClientLimits limits = {});
  ~Client();

  /// Sends the request (its `traceparent` is a child of `context.trace`) and returns the answer. Throws
  /// Unavailable when no answer can be had. A request that failed on a kept-alive connection before any
  /// byte of the answer came is sent once more on a fresh one, but only when it is safe or when the
  /// connection was closed before the request was written.
  Awaitable<Response> send(Request request) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;

  friend Response send_and_wait(const Client& client, Request request);
};

/// Sends one request and waits for the answer, for commands that have no I/O threads of their own.
/// Throws as Client does.
Response send_and_wait(const Client& client, Request request);

}  // namespace assay::http
