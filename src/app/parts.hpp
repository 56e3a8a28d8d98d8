#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "app/access_log.hpp"
#include "app/database_mark.hpp"
#include "app/foundation.hpp"
#include "app/health.hpp"
#include "app/operator_door.hpp"
#include "app/part_folder.hpp"
#include "app/reporter.hpp"
#include "app/secret_recorder.hpp"
#include "app/trace_desk.hpp"
#include "audit/checkpoint_signer.hpp"
#include "audit/erasure_routes.hpp"
#include "audit/log_rotation.hpp"
#include "audit/service.hpp"
#include "base/blocking_pool.hpp"
#include "gateway/service.hpp"
#include "http/server.hpp"
#include "patients/service.hpp"
#include "secrets/principal_verifier.hpp"
#include "sqlite/audit_query.hpp"
#include "sqlite/audit_store.hpp"
#include "sqlite/gateway_store.hpp"
#include "sqlite/patients_store.hpp"

namespace assay::app {

/// The audit service on its embedded store.
class AuditPart {
 public:
  struct Settings {
    std::shared_ptr<const Current<std::vector<SensitiveText>>> log_keys;  ///< versions of `audit-log-key`
    secrets::PrincipalVerifier principals;
    std::filesystem::path head_file;  ///< empty: in the part's folder
    std::string origin_prefix;
    std::chrono::days key_overlap{};                     ///< for how long the log's key before a rotation signs too
    std::chrono::days retention{};                       ///< how long records are kept; zero: for ever
    std::unique_ptr<secrets::Provider> secret_versions;  ///< whose changes go into the register
    std::chrono::seconds secret_refresh{};
  };

  AuditPart(Foundation& foundation, const std::filesystem::path& data_directory, Settings settings);

  /// Opens the log: throws Refusal when it may not be signed on. Call it once the threads run, before requests are
  /// taken.
  void start();
  void finish();

  audit::Store& store() { return store_; }
  /// Throws Refusal when the database can't be written any more: at a start that is no reason to wait.
  void require_working() const;
  http::Handler handler();
  /// For a gateway in the same process.
  http::Handler gateway_handler();
  /// For a socket: behind the door that asks for a host key.
  http::Handler guarded_handler() { return traces_.beside(handler()); }
  PartHealth health() const;

 private:
  http::Handler operator_handler();
  Awaitable<void> erase_old_now_and_then();
  audit::OpenedLog open_log();
  Awaitable<void> record_secrets(bool is_first_start);
  void note_unrecorded(std::string reason);
  Awaitable<void> take_newest_key();
  Awaitable<void> follow_secrets();

  Foundation& foundation_;
  telemetry::Log log_;
  PartFolder folder_;
  DatabaseMark mark_{folder_};
  sqlite::AuditStore store_;
  sqlite::AuditQueries queries_;
  audit::ErasureRoutes erasure_routes_;
  Settings settings_;
  audit::HeadFile head_file_;
  std::optional<audit::CheckpointSigner> signer_;
  std::optional<audit::LogRotation> rotation_;
  std::optional<audit::Service> service_;
  SecretRecorder secret_recorder_;
  BlockingPool secrets_thread_{1, 1};  ///< behind what it uses
  mutable std::mutex mutex_;
  std::string unrecorded_;  ///< why changes of secrets aren't recorded; empty when they are
  TraceDesk traces_{foundation_, "audit", {}};
  std::optional<OperatorDoor> operator_door_;
};

/// The patients service on its embedded store.
class PatientsPart {
 public:
  /// `behind` are parts of other processes that this one can ask for spans.
  PatientsPart(Foundation& foundation, const std::filesystem::path& data_directory, audit::Register& audit_register,
               std::shared_ptr<const Current<std::vector<SensitiveText>>> cursor_keys,
               std::vector<TraceNeighbour> behind);

  /// Tells the register what a stop left open; while the register is away it is tried again each second, and
  /// nothing is accessed before it is done. Call it once the threads run, before requests are taken.
  void start();
  /// Waits a little for outcomes that are not durable yet, and stores how far all is settled.
  void finish();

  http::Handler handler();
  /// For a socket: behind the door that asks for a host key.
  http::Handler guarded_handler() { return traces_.beside(handler()); }
  PartHealth health() const;

 private:
  Awaitable<void> settle();
  /// Settles as soon as the register answers, and keeps knowing whether it does.
  Awaitable<void> watch_register();
  Awaitable<void> sweep_now_and_then();

  Foundation& foundation_;
  telemetry::Log log_;
  PartFolder folder_;
  DatabaseMark mark_{folder_};
  sqlite::PatientsStore store_;
  RegisterAccessLog access_log_;
  patients::Service service_;
  bool settled_ = false;
  std::atomic<bool> register_answers_{false};
  std::atomic<bool> register_lost_records_{false};
  TraceDesk traces_;
  std::optional<OperatorDoor> operator_door_;
};

/// The gateway on its embedded store, with its operators' socket.
class GatewayPart {
 public:
  struct Surroundings {
    http::Handler patients;
    http::Handler audit;              ///< may be empty: then there is no /log and no /audit
    audit::Appender* audit_register;  ///< may be null: then key changes wait until there is one
    bool log_is_public = true;
    std::function<bool()> is_up;
    std::vector<TraceNeighbour> behind;  ///< parts of other processes that can be asked for spans
  };

  GatewayPart(Foundation& foundation, const std::filesystem::path& data_directory, Surroundings surroundings);

  /// Reads the subscriptions only, for a command on a stopped gateway.
  Awaitable<void> load() { return service_.start(); }
  /// Reads the subscriptions and hands the reports of key changes to the register; retries until it answers or
  /// `keep_trying` says no. Call it once the threads run, before requests are taken.
  void start(const std::function<bool()>& keep_trying);
  void finish();

  http::Handler handler();
  http::Handler operator_handler();
  PartHealth health() const;

 private:
  Awaitable<void> retry_reports_now_and_then();

  Foundation& foundation_;
  telemetry::Log log_;
  PartFolder folder_;
  DatabaseMark mark_{folder_};
  sqlite::GatewayStore store_;
  std::unique_ptr<RegisterReporter> reporter_;
  gateway::Service service_;
  TraceDesk traces_;
  std::optional<OperatorDoor> operator_door_;
  std::atomic<bool> started_{false};
};

}  // namespace assay::app
