#include "http/connection_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "http/response_head.hpp"
#include "http/text.hpp"

namespace assay::http {

namespace {

constexpr int kFirstServerError = 500;
constexpr std::size_t kUsualHeadBytes = 1024;
constexpr std::chrono::milliseconds kLongestInterval{1000};
/// Less than servers keep an idle connection.
constexpr std::chrono::seconds kLongestIdle{60};

bool is_safe(Method method) { return method == Method::kGet || method == Method::kHead || method == Method::kOptions; }

bool is_replaced(std::string_view name) {
  return is_connection_field(name) || equal_ignoring_case(name, "Host") || equal_ignoring_case(name, "Expect") ||
         equal_ignoring_case(name, "traceparent");
}

telemetry::TraceContext next_context(const telemetry::TraceContext& trace) {
  SystemRandom random;
  const bool begun = trace.trace_id != telemetry::TraceContext().trace_id;
  return begun ? trace.child(random) : telemetry::TraceContext::begin(random);
}

WipedText request_head(const Request& request, std::string_view authority, const telemetry::TraceContext& context) {
  const bool sendable = std::ranges::all_of(request.target, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!sendable || !request.target.starts_with('/') || request.method == Method::kOther) {
    throw std::invalid_argument("the request's method or target can't be sent");
  }
  WipedText head;
  head.reserve(kUsualHeadBytes);
  fmt::format_to(std::back_inserter(head), "{} {} HTTP/1.1\r\n", to_string(request.method), request.target);
  append_field(head, "Host", authority);
  append_field(head, "traceparent", context.to_string());
  if (!request.body.empty() || !is_safe(request.method)) {
    append_field(head, "Content-Length", std::to_string(request.body.size()));
  }
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers.at(i);
    if (!is_replaced(name)) append_field(head, name, value);
  }
  head += "\r\n";
  return head;
}

}  // namespace

class ConnectionPool::Turn {
 public:
  explicit Turn(ConnectionPool* pool) : pool_(pool) {}
  ~Turn() { pool_->end_turn(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  ConnectionPool* pool_;
};

class ConnectionPool::Lease {
 public:
  Lease(ConnectionPool* pool, std::unique_ptr<ClientConnection> connection)
      : pool_(pool), place_(pool->active_.insert(pool->active_.end(), std::move(connection))) {
    if (!pool_->sweeping_) pool_->sweep();
  }
  ~Lease() {
    auto connection = std::move(*place_);
    pool_->active_.erase(place_);
    if (connection->reusable()) pool_->idle_.push_back(std::move(connection));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ClientConnection& operator*() { return **place_; }

 private:
  ConnectionPool* pool_;
  Connections::iterator place_;
};

ConnectionPool::ConnectionPool(const Executor& executor, Peer peer, const ClientLimits& limits,
                               std::shared_ptr<ClientMetrics> metrics)
    : executor_(executor), peer_(std::move(peer)), limits_(limits), metrics_(std::move(metrics)), timer_(executor) {}

Awaitable<Response> ConnectionPool::send(Request request) {
  telemetry::Span span(request.context.span, {.name = to_string(request.method), .kind = telemetry::SpanKind::kClient},
                       {{"http.request.method", to_string(request.method)},
                        {"server.address", peer_.host},
                        {"server.port", peer_.port_number()}});
  auto head = request_head(request, peer_.authority, span.context_or(next_context(request.context.trace)));
  if (turns_ < limits_.connections_per_thread) {
    ++turns_;
  } else {
    co_await wait_for_turn();
  }
  const Turn turn(this);
  auto response = co_await exchange(std::move(head), std::move(request));
  span.set("http.response.status_code", std::int64_t{response.status});
  if (response.status >= kFirstServerError) span.fail();
  co_return response;
}

Awaitable<Response> ConnectionPool::exchange(WipedText head, Request request) {
  const bool to_head = request.method == Method::kHead;
  for (bool again = false;; again = true) {
    auto kept = again ? nullptr : take_idle();
    const bool fresh = kept == nullptr;
    Lease lease(this, fresh ? connection() : std::move(kept));
    if (fresh) co_await (*lease).connect(peer_, SteadyClock::now() + limits_.connect_timeout);
    const auto deadline = SteadyClock::now() + limits_.response_timeout;
    auto result = co_await (*lease).exchange(head, request.body, to_head, limits_.response_bytes, deadline);
    if (result.response) co_return std::move(*result.response);
    const bool may_repeat =
        !fresh && !(*lease).late() && !result.answer_begun && (is_safe(request.method) || !result.sent_any);
    if (may_repeat && metrics_) metrics_->resent_requests.Increment();
    if (may_repeat) continue;
    if (result.sent_any) throw OutcomeUnknown(result.fault);
    throw Unavailable(result.fault);
  }
}

Awaitable<void> ConnectionPool::wait_for_turn() {
  if (waiting_.size() >= limits_.waiting_per_thread) throw Unavailable("too many requests wait for a connection");
  std::optional<telemetry::Tallied> waits;
  if (metrics_) waits.emplace(metrics_->waiting_requests);
  Waiter waiter(executor_);
  // Removed also when the coroutine is dropped.
  const auto remove = [this](Waiter* gone) { waiting_.remove(gone); };
  const std::unique_ptr<Waiter, decltype(remove)> place((waiting_.push_back(&waiter), &waiter), remove);
  waiter.timer.expires_after(limits_.response_timeout);
  co_await waiter.timer.async_wait(kAwaitTuple);
  if (!waiter.has_turn) throw Unavailable("no connection became free in time");
}

void ConnectionPool::end_turn() {
  if (waiting_.empty()) {
    --turns_;
    return;
  }
  auto* const next = waiting_.front();
  waiting_.pop_front();
  next->has_turn = true;
  next->timer.cancel();
}

std::unique_ptr<ClientConnection> ConnectionPool::connection() {
  return std::make_unique<ClientConnection>(executor_, metrics_ ? &metrics_->open_connections : nullptr);
}

std::unique_ptr<ClientConnection> ConnectionPool::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (SteadyClock::now() - connection->idle_since() > kLongestIdle) {
      // The others have waited longer.
      idle_.clear();
      return nullptr;
    }
    if (connection->is_alive()) return connection;
  }
  return nullptr;
}

void ConnectionPool::sweep() {
  sweeping_ = !active_.empty();
  if (!sweeping_) return;
  const auto interval = std::min(limits_.connect_timeout, limits_.response_timeout) / 4;
  timer_.expires_after(std::clamp(interval, std::chrono::milliseconds(1), kLongestInterval));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    const auto now = SteadyClock::now();
    for (const auto& connection : self->active_) connection->expire(now);
    self->sweep();
  });
}

}  // namespace assay::http
