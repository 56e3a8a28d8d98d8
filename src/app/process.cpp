#include "app/process.hpp"

#include <sys/prctl.h>

#include <csignal>
#include <ctime>
#include <thread>

#include "app/backup.hpp"
#include "app/first_key.hpp"
#include "app/log_options.hpp"
#include "app/open_files.hpp"
#include "app/part_folder.hpp"
#include "app/startup_notice.hpp"
#include "app/trace_export.hpp"
#include "base/locked_memory.hpp"
#include "http/access_log.hpp"
#include "telemetry/process_metrics.hpp"

namespace assay::app {

namespace {

constexpr std::chrono::seconds kStopGrace{10};
/// Enough for all that watch, and few enough to leave the clients theirs.
constexpr std::size_t kHealthConnections = 100;

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// What isn't dumpable can't be traced or read by the same user's programs either.
void forbid_core_dumps(const Configuration& configuration) {
  if (!configuration.flag("server.core_dumps")) ::prctl(PR_SET_DUMPABLE, 0);
}

void warn_of_unlocked_memory(const telemetry::Log& log) {
  const auto reason = locked_memory_trouble();
  if (reason.empty()) return;
  log.warning(
      "secrets may be written to swap: their memory can't be locked; raise the limit of locked memory (ulimit -l)",
      {{"reason", reason}});
}

/// Blocks the signals in this thread and all that it starts, so that only the waits below take them.
std::filesystem::path prepare(const Configuration& configuration) {
  const auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  forbid_core_dumps(configuration);
  auto data_directory = open_data_directory(configuration.path("data_dir"));
  refuse_half_restored(data_directory);
  return data_directory;
}

std::size_t thread_count(const Configuration& configuration) {
  const auto configured = configuration.number("server.threads");
  return configured != 0 ? configured : std::max(1U, std::thread::hardware_concurrency());
}

std::size_t connections_of(const Configuration& configuration, const telemetry::Log& log) {
  const auto wanted = configuration.number("server.connections");
  const auto open_files = raise_limit_of_open_files();
  const auto connections = connections_within(open_files, wanted);
  if (connections < wanted) {
    log.warning("fewer connections than server.connections are taken: the limit of open files is too low",
                {{"connections", static_cast<std::int64_t>(connections)},
                 {"open_files", static_cast<std::int64_t>(open_files)}});
  }
  return connections;
}

http::ServerLimits limits_of(const Configuration& configuration, bool behind_a_part, const telemetry::Log& log) {
  http::ServerLimits limits;
  // The part before it adds headers of its own to what it took.
  if (behind_a_part) limits.header_bytes *= 2;
  limits.connections = connections_of(configuration, log);
  limits.idle_timeout = std::chrono::seconds(configuration.number("server.idle_timeout"));
  limits.request_timeout = std::chrono::seconds(configuration.number("server.request_timeout"));
  return limits;
}

telemetry::TracerOptions tracing(const Configuration& configuration) {
  return {.enabled = configuration.flag("traces.enabled"),
          .sampling_ratio = configuration.ratio("traces.sampling"),
          .slow_after = std::chrono::milliseconds(configuration.number("traces.slow_after"))};
}

}  // namespace

Process::Process(std::string command, const Configuration& configuration)
    : command_(std::move(command)),
      configuration_(configuration),
      data_directory_(prepare(configuration)),
      foundation_(command_, thread_count(configuration), tracing(configuration)),
      exporter_(export_traces(configuration, foundation_)),
      health_(foundation_.log, foundation_.metrics) {
  foundation_.log.open(log_options(configuration),
                       foundation_.metrics.counter("assay_log_lines_dropped_total",
                                                   "Lines of the log that came faster than they could be written."));
  foundation_.metrics.info("assay_build_info", "Which build runs.", {}, {{"version", ASSAY_VERSION}});
  foundation_.metrics.add(std::make_shared<telemetry::ProcessMetrics>());
}

void Process::listen(http::Handler handler, std::string_view listen_key, http::ErrorForm error_form) {
  const bool behind_a_part = command_ == "patients" || command_ == "audit";
  if (configuration_.flag("logs.access")) handler = logged(std::move(handler));
  server_ = std::make_unique<http::Server>(
      foundation_.threads, configuration_.address(listen_key), std::move(handler),
      http::ServerOptions{.part = command_,
                          .error_form = error_form,
                          .limits = limits_of(configuration_, behind_a_part, foundation_.log),
                          .tracer = &foundation_.tracer},
      foundation_.log, foundation_.metrics);
  metrics_server_ = std::make_unique<http::Server>(
      foundation_.threads, configuration_.address("metrics.listen"),
      [this](http::Request request) { return health_.handle(std::move(request)); },
      http::ServerOptions{
          .part = "health", .error_form = http::ErrorForm::kService, .limits = {.connections = kHealthConnections}},
      foundation_.log, foundation_.metrics);
  metrics_server_->start();
  foundation_.threads.start();
}

http::Handler Process::logged(http::Handler handler) const {
  // The part that clients talk to speaks, also where it shares its process with others.
  const auto* const part = command_ == "serve" ? "gateway" : command_.c_str();
  auto access_log = std::make_shared<const http::AccessLog>(foundation_.log.of_part(part), std::move(handler));
  return [access_log](http::Request request) { return access_log->handle(std::move(request)); };
}

bool Process::should_run() {
  const auto signals = stop_signals();
  constexpr timespec kNow{};
  signalled_ = signalled_ || sigtimedwait(&signals, nullptr, &kNow) > 0;
  return !signalled_;
}

void Process::run(const std::optional<SensitiveText>& first_key) {
  warn_of_unlocked_memory(foundation_.log);
  if (should_run()) {
    server_->start();
    say_where(first_key);
    if (first_key) note_first_key_shown(data_directory_);
    const auto signals = stop_signals();
    int signal = 0;
    sigwait(&signals, &signal);
  }
  foundation_.log.info("stopping");
  server_->stop(kStopGrace);
  metrics_server_->stop(std::chrono::seconds(1));
}

void Process::stop() {
  // Behind what the parts finish: nothing durable waits for a receiver of traces.
  if (exporter_) exporter_->stop();
  foundation_.threads.stop();
  server_.reset();
  metrics_server_.reset();
}

void Process::say_where(const std::optional<SensitiveText>& first_key) const {
  print_startup_notice({.command = command_,
                        .address = server_->address(),
                        .metrics_address = metrics_server_->address(),
                        .data_directory = data_directory_},
                       first_key);
}

}  // namespace assay::app
