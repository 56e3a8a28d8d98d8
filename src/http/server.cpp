#include "http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/occasional.hpp"
#include "http/listener.hpp"
#include "http/worker.hpp"

namespace assay::http {

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kLogInterval{1};
constexpr std::chrono::seconds kCloseGrace{1};

/// An acceptor on its I/O thread.
struct Listener {
  Acceptor acceptor;
  bool unix_socket;
};

/// Whether accepting fails for want of something (descriptors, memory) that time may bring back.
bool is_exhaustion(const boost::system::error_code& error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system || error == boost::system::errc::no_buffer_space ||
         error == boost::system::errc::not_enough_memory;
}

Awaitable<void> accept_connections(std::shared_ptr<Listener> listener, std::vector<std::shared_ptr<Worker>> workers) {
  auto& acceptor = listener->acceptor;
  Timer pause(acceptor.get_executor());
  Occasional warning(kLogInterval);
  for (std::size_t turn = 0; acceptor.is_open(); ++turn) {
    auto& worker = *workers[turn % workers.size()];
    Socket socket(worker.context());
    const auto [error] = co_await acceptor.async_accept(socket, kAwaitTuple);
    if (error && is_exhaustion(error)) {
      // The connection stays in the queue: trying again at once would spin.
      if (warning.take_turn(SteadyClock::now())) {
        worker.state().log.warning("connections can't be accepted", {{"reason", std::string_view(error.message())}});
      }
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kAwaitTuple);
    }
    if (!error && (!listener->unix_socket || is_trusted_peer(socket))) worker.adopt(std::move(socket));
  }
}

}  // namespace

struct Server::Implementation {
  Implementation(IoThreads& threads, Acceptor acceptor, bool unix_socket, std::shared_ptr<ServerState> server_state)
      : state(std::move(server_state)),
        listener(std::make_shared<Listener>(Listener{std::move(acceptor), unix_socket})),
        address(local_address(listener->acceptor)) {
    for (std::size_t i = 0; i < threads.size(); ++i) {
      workers.push_back(std::make_shared<Worker>(threads.context(i), state));
    }
  }

  /// Runs a task on each worker's thread, and on the acceptor's, which is the first's.
  template <class Task>
  void post_to_workers(Task task) {
    for (const auto& worker : workers) {
      boost::asio::post(worker->context(), [worker, task] { task(*worker); });
    }
  }

  bool wait_until_closed(std::chrono::milliseconds limit) {
    std::unique_lock lock(state->mutex);
    return state->all_closed.wait_for(lock, limit, [this] { return state->connections == 0; });
  }

  std::shared_ptr<ServerState> state;
  std::shared_ptr<Listener> listener;
  TcpAddress address;
  std::vector<std::shared_ptr<Worker>> workers;
  std::optional<std::filesystem::path> socket;
  bool started = false;
};

Server::Server(IoThreads& threads, const TcpAddress& address, Handler handler, ServerOptions options,
               const telemetry::Log& log, telemetry::Metrics& metrics)
    : implementation_(std::make_unique<Implementation>(
          threads, listen_on(threads.context(0), address), false,
          std::make_shared<ServerState>(std::move(handler), std::move(options), log, metrics))) {}

Server::Server(IoThreads& threads, const std::filesystem::path& socket, Handler handler, ServerOptions options,
               const telemetry::Log& log, telemetry::Metrics& metrics)
    : implementation_(std::make_unique<Implementation>(
          threads, listen_on(threads.context(0), socket), true,
          std::make_shared<ServerState>(std::move(handler), std::move(options), log, metrics))) {
  implementation_->socket = socket;
}

Server::~Server() {
  stop(std::chrono::milliseconds(0));
  if (implementation_->socket) {
    std::error_code ignored;
    std::filesystem::remove(*implementation_->socket, ignored);
  }
}

TcpAddress Server::address() const { return implementation_->address; }

void Server::start() {
  implementation_->started = true;
  auto& context = implementation_->workers.front()->context();
  boost::asio::co_spawn(context.get_executor(), accept_connections(implementation_->listener, implementation_->workers),
                        boost::asio::detached);
  implementation_->post_to_workers([](Worker& worker) { worker.sweep(); });
}

void Server::stop(std::chrono::milliseconds grace) {
  if (!std::exchange(implementation_->started, false)) return;
  const auto& state = implementation_->state;
  if (implementation_->workers.front()->context().stopped()) return;
  state->stopping = true;
  boost::asio::post(implementation_->workers.front()->context(), [listener = implementation_->listener] {
    boost::system::error_code ignored;
    listener->acceptor.close(ignored);
  });
  implementation_->post_to_workers([](Worker& worker) { worker.close_idle(); });
  implementation_->wait_until_closed(grace);
  implementation_->post_to_workers([](Worker& worker) { worker.close_all(); });
  implementation_->wait_until_closed(kCloseGrace);
}

}  // namespace assay::http
