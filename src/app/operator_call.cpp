#include "app/operator_call.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

#include "app/api_session.hpp"
#include "app/database_mark.hpp"
#include "app/foundation.hpp"
#include "app/part_folder.hpp"
#include "app/parts.hpp"
#include "audit/erasure_routes.hpp"
#include "http/client.hpp"
#include "sqlite/audit_store.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kGateway = "gateway";
constexpr std::string_view kAudit = "audit";
constexpr std::chrono::milliseconds kLongestWait{2'000};
constexpr std::chrono::milliseconds kBetweenAttempts{20};

/// How to ask a part that doesn't run.
using StoppedPart = http::Response (*)(const std::filesystem::path& data_directory, http::Request request);

http::Response call_stopped_gateway(const std::filesystem::path& data_directory, http::Request request) {
  Foundation foundation("command", 1, {});
  GatewayPart gateway(
      foundation, data_directory,
      {.patients = {}, .audit = {}, .audit_register = nullptr, .is_up = [] { return false; }, .behind = {}});
  foundation.threads.start();
  foundation.wait_for(gateway.load());
  auto response = foundation.wait_for(gateway.operator_handler()(std::move(request)));
  foundation.threads.stop();
  return response;
}

/// On the register itself: to say something, no key is needed, and what is said is signed at the next start.
http::Response call_stopped_audit(const std::filesystem::path& data_directory, http::Request request) {
  Foundation foundation("command", 1, {});
  const PartFolder folder(data_directory, kAudit);
  if (std::filesystem::exists(folder.restored_mark())) {
    throw Refusal(
        fmt::format("the register in {} was restored and has not been started since; start it once, then try "
                    "again",
                    data_directory.string()));
  }
  sqlite::AuditStore store(folder.path(), foundation.clock, foundation.random, foundation.log, foundation.metrics);
  audit::ErasureRoutes routes(store, foundation.clock, foundation.random, foundation.log, foundation.metrics);
  foundation.threads.start();
  request.context.principal = current_operator();
  request.context.trace = telemetry::TraceContext::begin(foundation.random);
  auto response = foundation.wait_for(routes.handle(std::move(request)));
  foundation.threads.stop();
  return response;
}

/// Commands on a stopped part take turns, so that none looks at its lock while another takes it. What is locked
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
std::optional<http::Response> call_running(const std::filesystem::path& part_folder, const http::Request& request) {
  const http::Client part(part_folder / PartFolder::kOperatorSocket);
  try {
    return http::send_and_wait(part, request);
  } catch (const OutcomeUnknown&) {
    throw;
  } catch (const Unavailable&) {
    return std::nullopt;
  }
}

/// Nothing while somebody else holds the part's folder and can't be asked.
std::optional<http::Response> try_call(const std::filesystem::path& data_directory, std::string_view part,
                                       StoppedPart call_stopped, const http::Request& request) {
  {
    const Turn turn(data_directory / part);
    if (!turn.is_ours()) return std::nullopt;
    try {
      if (!PartFolder::is_in_use(data_directory, part)) return call_stopped(data_directory, request);
    } catch (const Refusal&) {
      if (!PartFolder::is_in_use(data_directory, part)) throw;
    }
  }
  return call_running(data_directory / part, request);
}

http::Response call(const std::filesystem::path& data_directory, std::string_view part, StoppedPart call_stopped,
                    const http::Request& request) {
  DatabaseMark::require(PartFolder::database_of(data_directory, part));
  if (!std::filesystem::exists(PartFolder::database_of(data_directory, part))) {
    throw Refusal(fmt::format("there is no register in {}; assay serve makes one, --data-dir says where it is",
                              data_directory.string()));
  }
  boost::asio::io_context context(1);
  boost::asio::steady_timer timer(context);
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  do {
    if (auto response = try_call(data_directory, part, call_stopped, request)) return std::move(*response);
    // Neither a lock nor a socket of another process can be waited for with a bound.
    timer.expires_after(kBetweenAttempts);
    timer.wait();
  } while (std::chrono::steady_clock::now() < deadline);
  throw Refusal(fmt::format("a process on {} is starting or another command runs; try again", data_directory.string()));
}

}  // namespace

http::Response call_gateway(const std::filesystem::path& data_directory, const http::Request& request) {
  return call(data_directory, kGateway, &call_stopped_gateway, request);
}

http::Response call_audit(const std::filesystem::path& data_directory, const http::Request& request) {
  return call(data_directory, kAudit, &call_stopped_audit, request);
}

json::value answer_of(std::string_view part, const http::Response& response) {
  if (response.status == 204) return nullptr;
  auto parsed = parse_json(response.body);
  if (!parsed) throw Refusal(fmt::format("the {} part gave an answer that is no JSON", part));
  if (response.status < 300) return *parsed;
  throw Refusal(reason_of(response));
}

}  // namespace assay::app
