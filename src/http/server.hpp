#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/io_threads.hpp"
#include "http/answer.hpp"
#include "http/message.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/tracer.hpp"

namespace assay::http {

/// Bounds of what one peer may ask of a server. Times are kept to a second, or to a quarter of the shortest
/// of them: what is late is looked for at intervals.
struct ServerLimits {
  std::size_t header_bytes = 32 * 1024;               ///< beyond: 431
  std::size_t body_bytes = 1024 * 1024;               ///< beyond: 413
  std::size_t connections = 10'000;                   ///< beyond: the connection is closed at once
  std::chrono::milliseconds idle_timeout{75'000};     ///< between requests: closed silently
  std::chrono::milliseconds request_timeout{15'000};  ///< from the first byte of a request to its last: 408, closed
  std::chrono::milliseconds write_timeout{30'000};    ///< to take any of an answer, and to fall behind: closed
  std::size_t write_bytes_per_second = 16 * 1024;     ///< who takes an answer slower than this falls behind
};

/// Where a server listens.
struct TcpAddress {
  std::string host;
  std::uint16_t port = 0;

  /// Reads "127.0.0.1:8080" or "[::1]:8080"; throws Refusal with a sentence for anything else.
  static TcpAddress parse(std::string_view text);
  /// As a URL's authority.
  std::string to_string() const;
};

struct ServerOptions {
  std::string part;
  ErrorForm error_form = ErrorForm::kService;
  ServerLimits limits = {};
  telemetry::Tracer* tracer = nullptr;  ///< records the operations that are served; null records none
};

/// An HTTP/1.1 server (RFC 9112): keep-alive, pipelining, chunked request bodies, Expect: 100-continue.
/// A malformed message is answered 400 and the connection closed; both Content-Length and
/// Transfer-Encoding, obsolete line folding and bare CR are malformed. One acceptor deals connections
/// to the I/O threads in turn; a connection stays on its thread. The traceparent of a request is
/// joined or begun into `context.trace`, and the answer carries it.
class Server {
 public:
  /// Listens at once. Throws Refusal when the address can't be had, among it when somebody listens on it.
  Server(IoThreads& threads, const TcpAddress& address, Handler handler, ServerOptions options,
         const telemetry::Log& log, telemetry::Metrics& metrics);

  /// Listens on a Unix socket of mode 0600 whose peers must be this process's user or root. A stale
  /// socket file is replaced. The path may be longer than sockaddr_un allows.
  Server(IoThreads& threads, const std::filesystem::path& socket, Handler handler, ServerOptions options,
         const telemetry::Log& log, telemetry::Metrics& metrics);
  ~Server();

  /// The address really listened on (port 0 resolved).
  TcpAddress address() const;

  /// Begins to accept.
  void start();

  /// Stops accepting, closes idle connections, lets running requests finish (at most `grace`), then
  /// closes the rest. Blocks; call it from outside the I/O threads.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace assay::http
