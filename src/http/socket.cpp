#include "http/socket.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/write.hpp>

namespace assay::http {

Awaitable<bool> write_message(Socket* socket, std::string_view head, std::string_view body, std::size_t* sent) {
  std::array<boost::asio::const_buffer, 2> unsent{boost::asio::buffer(head), boost::asio::buffer(body)};
  boost::system::error_code error;
  // The socket nearly always takes all of it, and then nothing needs to wait.
  const auto at_once = socket->write_some(unsent, error);
  *sent = at_once;
  if (!error && at_once == head.size() + body.size()) co_return true;
  if (error && error != boost::asio::error::would_block) co_return false;
  auto skipped = at_once;
  for (auto& buffer : unsent) {
    const auto size = std::min(skipped, buffer.size());
    buffer += size;
    skipped -= size;
  }
  const auto note_progress = [sent, at_once](const boost::system::error_code& fault, std::size_t later) {
    *sent = at_once + later;
    return boost::asio::transfer_all()(fault, later);
  };
  const auto [failure, later] = co_await boost::asio::async_write(*socket, unsent, note_progress, kAwaitTuple);
  *sent = at_once + later;
  co_return !failure;
}

}  // namespace assay::http
