#include "app/operator_call.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

#include "app/database_mark.hpp"
#include "app/foundation.hpp"
#include "app/part_folder.hpp"
#include "app/parts.hpp"
#include "http/client.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kPart = "gateway";
constexpr std::chrono::milliseconds kLongestWait{2'000};
constexpr std::chrono::milliseconds kBetweenAttempts{20};

http::Response call_stopped_gateway(const std::filesystem::path& data_directory, http::Request request) {
  Foundation foundation("command", 1);
  GatewayPart gateway(foundation, data_directory,
                      {.patients = {}, .audit = {}, .audit_register = nullptr, .is_up = [] { return false; }});
  foundation.threads.start();
  foundation.wait_for(gateway.load());
  auto response = foundation.wait_for(gateway.operator_handler()(std::move(request)));
  foundation.threads.stop();
  return response;
}

/// Commands on a stopped gateway take turns, so that none looks at its lock while another takes it. What is locked
/// is the folder itself; no file is left.
class Turn {
 public:
  explicit Turn(const std::filesystem::path& folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        is_ours_(folder_ >= 0 && ::flock(folder_, LOCK_EX | LOCK_NB) == 0) {}
  ~Turn() {
    if (folder_ >= 0) ::close(folder_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool is_ours() const { return is_ours_; }

 private:
  int folder_;
  bool is_ours_;
};

/// Nothing while the process that holds the folder has no socket: it is starting or stopping.
std::optional<http::Response> call_running_gateway(const std::filesystem::path& data_directory,
                                                   const http::Request& request) {
  const http::Client gateway(data_directory / kPart / PartFolder::kOperatorSocket);
  try {
    return http::send_and_wait(gateway, request);
  } catch (const OutcomeUnknown&) {
    throw;
  } catch (const Unavailable&) {
    return std::nullopt;
  }
}

/// Nothing while somebody else holds the gateway's folder and can't be asked.
std::optional<http::Response> try_call(const std::filesystem::path& data_directory, const http::Request& request) {
  {
    const Turn turn(data_directory / kPart);
    if (!turn.is_ours()) return std::nullopt;
    try {
      if (!PartFolder::is_in_use(data_directory, kPart)) return call_stopped_gateway(data_directory, request);
    } catch (const Refusal&) {
      if (!PartFolder::is_in_use(data_directory, kPart)) throw;
    }
  }
  return call_running_gateway(data_directory, request);
}

}  // namespace

http::Response call_gateway(const std::filesystem::path& data_directory, const http::Request& request) {
  DatabaseMark::require(PartFolder::database_of(data_directory, kPart));
  if (!std::filesystem::exists(PartFolder::database_of(data_directory, kPart))) {
    throw Refusal(fmt::format("there is no register in {}; assay serve makes one, --data-dir says where it is",
                              data_directory.string()));
  }
  boost::asio::io_context context(1);
  boost::asio::steady_timer timer(context);
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  do {
    if (auto response = try_call(data_directory, request)) return std::move(*response);
    // Neither a lock nor a socket of another process can be waited for with a bound.
    timer.expires_after(kBetweenAttempts);
    timer.wait();
  } while (std::chrono::steady_clock::now() < deadline);
  throw Refusal(fmt::format("a process on {} is starting or another command runs; try again", data_directory.string()));
}

}  // namespace assay::app
