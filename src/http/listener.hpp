#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "http/server.hpp"
#include "http/socket.hpp"

namespace assay::http {

/// A socket that listens on the address. Throws Refusal.
Acceptor listen_on(boost::asio::io_context& context, const TcpAddress& address);

/// A socket that listens on a Unix socket's path, of mode 0600. Throws Refusal, also when somebody listens there.
Acceptor listen_on(boost::asio::io_context& context, const std::filesystem::path& path);

/// The address that the acceptor listens on; empty for a Unix socket.
TcpAddress local_address(const Acceptor& acceptor);

/// Whether the peer of a Unix socket is this process's user or root.
bool is_trusted_peer(Socket& socket);

/// The endpoint of a Unix socket whose path may be longer than sockaddr_un allows: it goes through an open
/// descriptor of its folder, which must stay open while the endpoint is used. Throws Refusal.
class UnixPath {
 public:
  explicit UnixPath(const std::filesystem::path& path);
  ~UnixPath();
  UnixPath(const UnixPath&) = delete;
  UnixPath& operator=(const UnixPath&) = delete;

  Endpoint endpoint() const;
  /// Removes the file, if there is one.
  void remove() const;

 private:
  int folder_ = -1;
  std::string name_;
};

}  // namespace assay::http
