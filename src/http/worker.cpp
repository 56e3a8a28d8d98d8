#include "http/worker.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "http/connection.hpp"

namespace assay::http {

namespace {

constexpr std::chrono::milliseconds kLongestInterval{1000};

std::chrono::milliseconds sweep_interval(const ServerLimits& limits) {
  const auto shortest = std::min({limits.idle_timeout, limits.request_timeout, limits.write_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(1), kLongestInterval);
}

}  // namespace

ServerState::ServerState(Handler handle, ServerOptions server_options, const telemetry::Log& logger,
                         telemetry::Metrics& registry)
    : handler(std::move(handle)),
      options(std::move(server_options)),
      log(logger),
      metrics(registry),
      open_connections(metrics.gauge("http_server_open_connections", "Connections that clients hold open.",
                                     {{"part", options.part}})),
      refused_connections(metrics.counter("http_server_refused_connections_total",
                                          "Connections closed at once since there were too many.",
                                          {{"part", options.part}})) {
  metrics.gauge("http_server_connection_limit", "How many connections clients may hold open.", {{"part", options.part}})
      .Set(static_cast<double>(options.limits.connections));
}

Worker::Worker(boost::asio::io_context& context, std::shared_ptr<ServerState> state)
    : context_(context), state_(std::move(state)), timer_(context.get_executor()) {}

void Worker::adopt(Socket socket) {
  if (state_->connections.fetch_add(1) >= state_->options.limits.connections) {
    --state_->connections;
    state_->refused_connections.Increment();
    return;
  }
  state_->open_connections.Increment();
  boost::asio::co_spawn(context_.get_executor(), serve_connection(shared_from_this(), std::move(socket)),
                        boost::asio::detached);
}

void Worker::sweep() {
  if (closed_) return;
  timer_.expires_after(sweep_interval(state_->options.limits));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    const auto now = SteadyClock::now();
    for (auto* connection : self->connections_) connection->expire(now);
    self->sweep();
  });
}

void Worker::close_idle() {
  for (auto* connection : connections_) connection->close_if_idle();
}

void Worker::close_all() {
  closed_ = true;
  timer_.cancel();
  for (auto* connection : connections_) connection->close();
}

void Worker::leave(Place place) {
  connections_.erase(place);
  state_->open_connections.Decrement();
  if (state_->connections.fetch_sub(1) == 1 && state_->stopping) {
    const std::scoped_lock lock(state_->mutex);
    state_->all_closed.notify_all();
  }
}

std::string_view Worker::date() {
  const auto now = std::time(nullptr);
  if (now != date_time_) {
    date_time_ = now;
    date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(now));
  }
  return date_;
}

}  // namespace assay::http
