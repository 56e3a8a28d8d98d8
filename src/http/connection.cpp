#include "http/connection.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cstring>

namespace assay::http {

namespace {

using boost::system::error_code;

constexpr std::size_t kDrainedBytes = 2U << 20U;
constexpr std::chrono::milliseconds kDrainTimeout{2000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

boost::asio::ip::address address_of(const Endpoint& endpoint) {
  boost::asio::ip::tcp::endpoint tcp;
  tcp.resize(endpoint.size());
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  auto address = tcp.address();
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  if (!mapped) return address;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

/// What the kernel holds because the peer has not acknowledged it.
std::size_t bytes_not_taken(Socket& socket) {
  int bytes = 0;
  return ::ioctl(socket.native_handle(), SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

std::optional<telemetry::TraceContext> caller_of(const Headers& headers) {
  const auto traceparent = headers.find("traceparent");
  return traceparent ? telemetry::TraceContext::parse(*traceparent) : std::nullopt;
}

}  // namespace

Awaitable<void> serve_connection(std::shared_ptr<Worker> worker, Socket socket) {
  Connection connection(std::move(worker), std::move(socket));
  co_await connection.run();
}

Connection::Connection(std::shared_ptr<Worker> worker, Socket socket)
    : worker_(std::move(worker)), place_(worker_->enter(*this)), socket_(std::move(socket)) {
  error_code error;
  socket_.non_blocking(true, error);
  const auto peer = socket_.remote_endpoint(error);
  const auto family = peer.protocol().family();
  from_loopback_ = family == AF_UNIX;
  if (!error && (family == AF_INET || family == AF_INET6)) {
    // One write an answer: waiting to fill a segment would only delay it.
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), error);
    const auto address = address_of(peer);
    from_loopback_ = address.is_loopback();
    peer_address_ = address.to_string();
  }
}

Connection::~Connection() { worker_->leave(place_); }

void Connection::enter_phase(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  deadline_ = SteadyClock::now() + limit;
}

void Connection::earn_time(SteadyClock::time_point now) {
  const auto taken = sent_ - std::min(sent_, bytes_not_taken(socket_));
  if (taken <= taken_) return;
  taken_ = taken;
  const auto& limits = worker_->state().options.limits;
  const auto earned = std::chrono::milliseconds(taken * 1000 / limits.write_bytes_per_second);
  deadline_ = std::min(now, sending_since_ + earned) + limits.write_timeout;
}

void Connection::expire(SteadyClock::time_point now) {
  if (phase_ == Phase::kSending) earn_time(now);
  if (phase_ == Phase::kHandling || now < deadline_) return;
  if (phase_ != Phase::kReceiving) return close();
  late_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::close_if_idle() {
  if (phase_ == Phase::kIdle) close();
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

Awaitable<void> Connection::run() {
  const auto& state = worker_->state();
  const auto& limits = state.options.limits;
  for (bool open = !state.stopping; open;) {
    RequestParser parser(limits);
    enter_phase(Phase::kIdle, limits.idle_timeout);
    auto progress = parse(parser);
    for (bool continued = false; progress == RequestParser::Progress::kNeedsMore; progress = parse(parser)) {
      if (!continued && parser.expects_continue()) {
        continued = true;
        if (buffer_.empty() && !co_await send_continue()) co_return;
      }
      if (!co_await receive()) break;
    }
    auto& request = parser.request();
    if (late_ || progress == RequestParser::Progress::kRefused) {
      auto problem = late_ ? Problem{408, "The request took too long to arrive."} : parser.refusal();
      co_await refuse(std::move(problem), std::move(request));
      co_return;
    }
    if (progress == RequestParser::Progress::kNeedsMore) co_return;
    add_context(request);
    const auto trace = request.context.trace;
    const auto method = request.method;
    phase_ = Phase::kHandling;
    auto response = co_await handle(std::move(request));
    open = parser.may_be_followed() && !state.stopping;
    write_head(response, trace, method, !open);
    if (method == Method::kHead || is_bodiless(response.status)) response.body.clear();
    if (!co_await send(std::move(response.body))) co_return;
  }
}

RequestParser::Progress Connection::parse(RequestParser& parser) {
  auto input = buffer_.data();
  const auto presented = input.size();
  const auto progress = parser.parse(input);
  buffer_.consume(presented - input.size());
  if (progress == RequestParser::Progress::kNeedsMore && phase_ == Phase::kIdle) {
    if (parser.got_some()) enter_phase(Phase::kReceiving, worker_->state().options.limits.request_timeout);
    buffer_.shrink();
  }
  return progress;
}

Awaitable<bool> Connection::receive() {
  const auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(), kAwaitTuple);
  buffer_.commit(size);
  co_return !error;
}

void Connection::add_context(Request& request) const {
  SystemRandom random;
  const auto caller = caller_of(request.headers);
  auto& context = request.context;
  if (auto* tracer = worker_->state().options.tracer) {
    context.trace = tracer->enter(caller, random);
    context.span = tracer->begin(context.trace, caller ? caller->span_id : telemetry::SpanId{});
  } else {
    context.trace = caller ? caller->child(random) : telemetry::TraceContext::begin(random);
  }
  context.from_loopback = from_loopback_;
  context.peer_address = peer_address_;
}

Awaitable<Response> Connection::handle(Request request) {
  const auto& state = worker_->state();
  const bool as_problem_details = wants_problem_details(request.headers);
  const auto trace = request.context.trace;
  try {
    co_return co_await state.handler(std::move(request));
  } catch (const std::exception& exception) {
    state.log.write(telemetry::Level::kError, trace, "a request was not handled",
                    {{"reason", std::string_view(exception.what())}});
  }
  co_return answer({.status = 500, .detail = "Internal server error."}, state.options.error_form, as_problem_details);
}

void Connection::write_head(const Response& response, const telemetry::TraceContext& trace, Method method,
                            bool closes) {
  const auto traceparent = trace.to_string();
  const auto request_id = trace.operation_id();
  head_.clear();
  append_response_head(head_, response,
                       {.date = worker_->date(),
                        .traceparent = traceparent,
                        .request_id = request_id,
                        .to_head = method == Method::kHead,
                        .closes = closes});
}

Awaitable<bool> Connection::send(std::string body) {
  enter_phase(Phase::kSending, worker_->state().options.limits.write_timeout);
  sending_since_ = SteadyClock::now();
  sent_ = 0;
  taken_ = 0;
  co_return co_await write_message(&socket_, head_, body, &sent_);
}

Awaitable<bool> Connection::send_continue() {
  head_ = kContinue;
  const auto phase = phase_;
  const auto deadline = deadline_;
  const bool sent = co_await send({});
  phase_ = phase;
  deadline_ = deadline;
  co_return sent;
}

Awaitable<void> Connection::refuse(Problem problem, Request request) {
  auto& state = worker_->state();
  state.metrics
      .counter("http_server_refused_messages_total", "Messages that were no acceptable HTTP.",
               {{"part", state.options.part}, {"http_response_status_code", std::to_string(problem.status)}})
      .Increment();
  add_context(request);
  auto response = answer(problem, state.options.error_form, request.headers);
  write_head(response, request.context.trace, request.method, true);
  if (request.method == Method::kHead) response.body.clear();
  if (!co_await send(std::move(response.body))) co_return;
  // Closing while the client still sends would reset the connection and lose it the answer.
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  enter_phase(Phase::kDraining, kDrainTimeout);
  for (std::size_t drained = 0; drained < kDrainedBytes; drained += buffer_.data().size()) {
    buffer_.consume(buffer_.data().size());
    if (!co_await receive()) co_return;
  }
}

}  // namespace assay::http
