#include "http/client_connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <charconv>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <memory>

#include "http/listener.hpp"

namespace assay::http {

namespace {

using boost::asio::ip::tcp;
using Resolver = boost::asio::ip::basic_resolver<tcp, Executor>;

constexpr std::string_view kDefaultPort = "80";
/// Lower ones are interim (RFC 9110 section 15.2).
constexpr int kFirstFinalStatus = 200;

/// The look-up of a host's addresses. It runs on a thread that nothing can stop, so that whoever waits for it must be
/// able to go first.
struct Resolution : std::enable_shared_from_this<Resolution> {
  explicit Resolution(const Executor& executor) : resolver(executor), done(executor) {}

  /// Cancels `done` at the end.
  void begin(const std::string& host, const std::string& port) {
    resolver.async_resolve(host, port, [self = shared_from_this()](const auto& fault, const auto& addresses) {
      self->error = fault;
      self->found = addresses;
      self->done.cancel();
    });
  }

  Resolver resolver;
  Timer done;
  boost::system::error_code error = boost::asio::error::timed_out;
  Resolver::results_type found;
};

}  // namespace

Peer Peer::parse(std::string_view text) {
  const auto url = boost::urls::parse_uri({text.data(), text.size()});
  const bool plain = url && url->scheme_id() == boost::urls::scheme::http && !url->encoded_host().empty() &&
                     (url->encoded_path().empty() || url->encoded_path() == "/") && !url->has_query() &&
                     !url->has_fragment() && !url->has_userinfo();
  if (!plain || (url->has_port() && url->port_number() == 0)) {
    throw Refusal(fmt::format("\"{}\" is no URL of a server; write it as http://host:port, without a path", text));
  }
  const std::string port = url->has_port() ? std::string(url->port()) : std::string(kDefaultPort);
  return {
      .host = std::string(url->host_address()), .port = port, .authority = std::string(url->encoded_host_and_port())};
}

std::int64_t Peer::port_number() const {
  std::int64_t number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  return number;
}

Awaitable<void> ClientConnection::connect(Peer peer, SteadyClock::time_point deadline) {
  deadline_ = deadline;
  auto error = peer.socket ? co_await connect_to_path(*peer.socket) : co_await connect_to_host(peer.host, peer.port);
  if (!error) socket_.non_blocking(true, error);
  if (error || late_) throw Unavailable(fault("connecting failed: " + error.message()));
}

Awaitable<boost::system::error_code> ClientConnection::connect_to_path(std::filesystem::path socket) {
  std::optional<UnixPath> path;
  try {
    path.emplace(socket);
  } catch (const Refusal& refusal) {
    throw Unavailable(refusal.what());
  }
  const auto [error] = co_await socket_.async_connect(path->endpoint(), kAwaitTuple);
  co_return error;
}

Awaitable<boost::system::error_code> ClientConnection::connect_to_host(std::string host, std::string port) {
  const auto resolution = std::make_shared<Resolution>(socket_.get_executor());
  resolution->begin(host, port);
  resolution->done.expires_at(deadline_);
  co_await resolution->done.async_wait(kAwaitTuple);
  late_ = late_ || SteadyClock::now() >= deadline_;
  if (late_) resolution->resolver.cancel();
  auto error = resolution->error;
  for (const auto& entry : resolution->found) {
    if (late_) co_return boost::asio::error::timed_out;
    boost::system::error_code ignored;
    socket_.close(ignored);
    std::tie(error) = co_await socket_.async_connect(Endpoint(entry.endpoint()), kAwaitTuple);
    if (!error) break;
  }
  if (!error) socket_.set_option(tcp::no_delay(true), error);
  co_return error;
}

Awaitable<Exchange> ClientConnection::exchange(std::string_view head, std::string_view body, bool to_head,
                                               std::size_t response_bytes, SteadyClock::time_point deadline) {
  deadline_ = deadline;
  reusable_ = false;
  std::size_t sent = 0;
  if (!co_await write_message(&socket_, head, body, &sent)) {
    co_return Exchange{.response = std::nullopt, .sent_any = sent > 0, .fault = fault("the request could not be sent")};
  }
  auto result = co_await receive(to_head, response_bytes);
  deadline_ = SteadyClock::time_point::max();
  idle_since_ = SteadyClock::now();
  co_return result;
}

Awaitable<Exchange> ClientConnection::receive(bool to_head, std::size_t response_bytes) {
  std::optional<ResponseParser> parser(std::in_place, to_head, response_bytes);
  Exchange result{.response = std::nullopt, .sent_any = true};
  auto progress = ResponseParser::Progress::kNeedsMore;
  bool ended = false;
  while (!ended && progress == ResponseParser::Progress::kNeedsMore) {
    const auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(), kAwaitTuple);
    buffer_.commit(size);
    result.answer_begun = result.answer_begun || size > 0;
    ended = static_cast<bool>(error);
    if (!ended) progress = parse(parser, to_head, response_bytes);
    if (error == boost::asio::error::eof) progress = parser->end();
  }
  if (progress == ResponseParser::Progress::kTooLarge) {
    throw AnswerTooLarge(fmt::format("the answer is larger than {} bytes", response_bytes));
  }
  if (progress == ResponseParser::Progress::kComplete) {
    reusable_ = !ended && parser->keep_alive() && buffer_.empty() && !late_;
    result.response = std::move(parser->response());
    buffer_.shrink();
  } else {
    result.fault = fault(result.answer_begun ? "the answer was broken off or malformed" : "no answer came");
  }
  co_return result;
}

ResponseParser::Progress ClientConnection::parse(std::optional<ResponseParser>& parser, bool to_head,
                                                 std::size_t response_bytes) {
  for (;;) {
    auto input = buffer_.data();
    const auto presented = input.size();
    const auto progress = parser->parse(input);
    buffer_.consume(presented - input.size());
    const bool interim =
        progress == ResponseParser::Progress::kComplete && parser->response().status < kFirstFinalStatus;
    if (!interim) return progress;
    // The answer itself follows.
    parser.emplace(to_head, response_bytes);
  }
}

bool ClientConnection::is_alive() {
  char byte = 0;
  // A server has nothing to say before it is asked: what can be read is the end, or an error.
  const auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ClientConnection::expire(SteadyClock::time_point now) {
  if (now < deadline_) return;
  late_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::string ClientConnection::fault(std::string_view what) const {
  return late_ ? std::string("the server took too long") : std::string(what);
}

}  // namespace assay::http
