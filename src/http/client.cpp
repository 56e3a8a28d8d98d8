#include "http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "http/connection_pool.hpp"

namespace assay::http {

struct Client::Implementation {
  Implementation(Peer server, const ClientLimits& client_limits) : peer(std::move(server)), limits(client_limits) {}

  /// The pool of that thread, made when first asked for.
  std::shared_ptr<ConnectionPool> pool(const Executor& executor) {
    {
      const std::shared_lock lock(mutex);
      const auto found = pools.find(&executor.context());
      if (found != pools.end()) return found->second;
    }
    const std::scoped_lock lock(mutex);
    auto& made = pools[&executor.context()];
    if (!made) made = std::make_shared<ConnectionPool>(executor, peer, limits);
    return made;
  }

  void forget(const boost::asio::io_context& context) {
    const std::scoped_lock lock(mutex);
    pools.erase(&context);
  }

  Peer peer;
  ClientLimits limits;
  std::shared_mutex mutex;
  std::map<const boost::asio::io_context*, std::shared_ptr<ConnectionPool>> pools;
};

Client::Client(const std::string& url, ClientLimits limits)
    : implementation_(std::make_unique<Implementation>(Peer::parse(url), limits)) {}

Client::Client(const std::filesystem::path& socket, ClientLimits limits)
    : implementation_(std::make_unique<Implementation>(
          Peer{.host = {}, .port = {}, .authority = "localhost", .socket = socket}, limits)) {}

Client::~Client() = default;

Awaitable<Response> Client::send(Request request) const {
  const auto executor = co_await boost::asio::this_coro::executor;
  // Held here, so that the pool outlives the client where a request still waits.
  const auto pool = implementation_->pool(executor);
  co_return co_await pool->send(std::move(request));
}

Response send_and_wait(const Client& client, Request request) {
  std::optional<Response> response;
  std::exception_ptr failure;
  boost::asio::io_context context(1);
  bool done = false;
  boost::asio::co_spawn(context.get_executor(), client.send(std::move(request)),
                        [&](std::exception_ptr exception, Response received) {
                          failure = exception;
                          response = std::move(received);
                          done = true;
                        });
  while (!done) context.run_one();
  client.implementation_->forget(context);
  if (failure) std::rethrow_exception(failure);
  return std::move(*response);
}

}  // namespace assay::http
