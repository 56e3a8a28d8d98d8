#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/configuration.hpp"
#include "app/foundation.hpp"
#include "app/health.hpp"
#include "http/server.hpp"
#include "otlp/exporter.hpp"

namespace assay::app {

/// What `assay serve` and the parts alone have in common: signals, threads, the two listeners and what is said
/// at the start.
class Process {
 public:
  /// `command` is "serve", "gateway", "patients" or "audit".
  Process(std::string command, const Configuration& configuration);

  Foundation& foundation() { return foundation_; }
  HealthService& health() { return health_; }
  const std::filesystem::path& data_directory() const { return data_directory_; }

  /// Opens the listeners: `handler` on the address under `listen_key`, health and metrics on theirs. Health is
  /// answered from here on; throws Refusal when an address can't be had.
  void listen(http::Handler handler, std::string_view listen_key, http::ErrorForm error_form);

  /// Whether a signal to stop has not come yet.
  bool should_run();

  /// Takes requests, says where, and returns once a signal came and what was running has ended. `first_key` is
  /// the subscription key made just now, if any.
  void run(const std::optional<SensitiveText>& first_key);

  /// Ends the listeners and the threads, so that the parts may go; also after a start that failed half-way.
  void stop();

 private:
  http::Handler logged(http::Handler handler) const;
  void say_where(const std::optional<SensitiveText>& first_key) const;

  std::string command_;
  const Configuration& configuration_;
  std::filesystem::path data_directory_;
  Foundation foundation_;
  std::unique_ptr<otlp::Exporter> exporter_;
  HealthService health_;
  std::unique_ptr<http::Server> metrics_server_;
  std::unique_ptr<http::Server> server_;
  bool signalled_ = false;
};

}  // namespace assay::app
