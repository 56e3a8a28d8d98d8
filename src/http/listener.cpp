#include "http/listener.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>

namespace assay::http {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

[[noreturn]] void refuse(const std::string& where, const error_code& error) {
  if (error == boost::asio::error::address_in_use) {
    throw Refusal(
        fmt::format("{} is in use: somebody listens on it; choose another with --listen or --metrics-listen", where));
  }
  throw Refusal(fmt::format("{} can't be listened on: {}; choose another address", where, error.message()));
}

Endpoint resolve(boost::asio::io_context& context, const TcpAddress& address) {
  tcp::resolver resolver(context);
  error_code error;
  const auto found = resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
  if (error || found.empty()) throw Refusal(fmt::format("{} names no address of this machine", address.to_string()));
  return found.begin()->endpoint();
}

bool answers(boost::asio::io_context& context, const Endpoint& endpoint) {
  Socket socket(context);
  error_code error;
  socket.connect(endpoint, error);
  return !error;
}

}  // namespace

Acceptor listen_on(boost::asio::io_context& context, const TcpAddress& address) {
  const auto endpoint = resolve(context, address);
  Acceptor acceptor(context);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) refuse(address.to_string(), error);
  return acceptor;
}

Acceptor listen_on(boost::asio::io_context& context, const std::filesystem::path& path) {
  const UnixPath unix_path(path);
  const auto endpoint = unix_path.endpoint();
  if (answers(context, endpoint)) {
    throw Refusal(fmt::format("{} is in use: another program listens on it; stop that one first", path.string()));
  }
  unix_path.remove();
  Acceptor acceptor(context);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  // Set on the socket before it is bound, the mode is the file's from its first moment.
  if (!error && ::fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) {
    error = error_code(errno, boost::system::system_category());
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) refuse(path.string(), error);
  return acceptor;
}

TcpAddress local_address(const Acceptor& acceptor) {
  const auto endpoint = acceptor.local_endpoint();
  const auto family = endpoint.protocol().family();
  if (family != AF_INET && family != AF_INET6) return {};
  tcp::endpoint address;
  address.resize(endpoint.size());
  std::memcpy(address.data(), endpoint.data(), endpoint.size());
  return {.host = address.address().to_string(), .port = address.port()};
}

bool is_trusted_peer(Socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return false;
  return credentials.uid == ::geteuid() || credentials.uid == 0;
}

}  // namespace assay::http
