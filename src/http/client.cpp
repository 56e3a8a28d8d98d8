#include "http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "http/connection_pool.hpp"

namespace assay::http {

struct Client::Implementation {
  Implementation(Peer server, const ClientLimits& client_limits, std::shared_ptr<ClientMetrics> client_metrics)
      : peer(std::move(server)), limits(client_limits), metrics(std::move(client_metrics)) {}

  /// The pool of that thread, made when first asked for.
  std::shared_ptr<ConnectionPool> pool(const Executor& executor) {
    {
      const std::shared_lock lock(mutex);
      const auto found = pools.find(&executor.context());
      if (found != pools.end()) return found->second;
    }
    const std::scoped_lock lock(mutex);
    auto& made = pools[&executor.context()];
    if (!made) made = std::make_shared<ConnectionPool>(executor, peer, limits, metrics);
    return made;
  }

  void forget(const boost::asio::io_context& context) {
    const std::scoped_lock lock(mutex);
    pools.erase(&context);
  }

  Peer peer;
  ClientLimits limits;
  std::shared_ptr<ClientMetrics> metrics;
  std::shared_mutex mutex;
  std::map<const boost::asio::io_context*, std::shared_ptr<ConnectionPool>> pools;
};

namespace {

/// Measures one call; one that is let go of before its end counts as broken off.
class Measurement {
 public:
  Measurement(ClientMetrics* metrics, Method method) : metrics_(metrics), method_(method) {}
  ~Measurement() {
    if (metrics_ != nullptr) metrics_->observe(method_, status_, error_, std::chrono::steady_clock::now() - begin_);
  }
  Measurement(const Measurement&) = delete;
  Measurement& operator=(const Measurement&) = delete;

  void answered(int status) {
    status_ = status;
    error_ = {};
  }
  void failed(std::string_view error) { error_ = error; }

 private:
  ClientMetrics* metrics_;
  Method method_;
  int status_ = 0;
  std::string_view error_ = "broken_off";
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

Client::Client(const std::string& url, ClientLimits limits, std::shared_ptr<ClientMetrics> metrics)
    : implementation_(std::make_unique<Implementation>(Peer::parse(url), limits, std::move(metrics))) {}

Client::Client(const std::filesystem::path& socket, ClientLimits limits)
    : implementation_(std::make_unique<Implementation>(
          Peer{.host = {}, .port = {}, .authority = "localhost", .socket = socket}, limits, nullptr)) {}

Client::~Client() = default;

Awaitable<Response> Client::send(Request request) const {
  const auto executor = co_await boost::asio::this_coro::executor;
  // Held here, so that the pool outlives the client where a request still waits.
  const auto pool = implementation_->pool(executor);
  Measurement measurement(implementation_->metrics.get(), request.method);
  try {
    auto response = co_await pool->send(std::move(request));
    measurement.answered(response.status);
    co_return response;
  } catch (const OutcomeUnknown&) {
    measurement.failed("outcome_unknown");
    throw;
  } catch (const Unavailable&) {
    measurement.failed("unavailable");
    throw;
  }
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
