#include "http/socket.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>

namespace assay::http {

Awaitable<std::size_t> write_message(Socket* socket, std::string_view head, std::string_view body) {
  std::array<boost::asio::const_buffer, 2> unsent{boost::asio::buffer(head), boost::asio::buffer(body)};
  boost::system::error_code error;
  // The socket nearly always takes all of it, and then nothing needs to wait.
  const auto sent = socket->write_some(unsent, error);
  if (!error && sent == head.size() + body.size()) co_return sent;
  if (error && error != boost::asio::error::would_block) co_return 0;
  auto skipped = sent;
  for (auto& buffer : unsent) {
    const auto size = std::min(skipped, buffer.size());
    buffer += size;
    skipped -= size;
  }
  const auto [failure, rest] = co_await boost::asio::async_write(*socket, unsent, kAwaitTuple);
  co_return sent + rest;
}

}  // namespace assay::http
