#include "app/run.hpp"

#include <fmt/format.h>

#include "app/answer_limit.hpp"
#include "app/first_key.hpp"
#include "app/part_secrets.hpp"
#include "app/parts.hpp"
#include "app/process.hpp"
#include "app/rotation_schedule.hpp"
#include "app/secrets_place.hpp"
#include "app/signing_appender.hpp"
#include "audit/client.hpp"
#include "http/client.hpp"
#include "http/client_metrics.hpp"
#include "secrets/grants.hpp"
#include "secrets/host_key.hpp"

namespace assay::app {

namespace {

/// The inner part must give up before the outer one does, so that its answer says what was wrong.
constexpr std::chrono::seconds kAuditTimeout{10};
constexpr std::chrono::seconds kPatientsTimeout{30};

/// `part` is called at the URL of that key.
http::Handler send_to(const Configuration& configuration, std::string_view key, std::string_view part,
                      http::ClientLimits limits, telemetry::Metrics& metrics) {
  auto client = std::make_shared<http::Client>(configuration.text(key), limits,
                                               std::make_shared<http::ClientMetrics>(metrics, std::string(part)));
  return [client](http::Request request) { return client->send(std::move(request)); };
}

http::Handler guard(std::vector<secrets::HostKey> keys, secrets::PrincipalVerifier principals, const Clock& clock,
                    http::Handler inner) {
  auto door = std::make_shared<secrets::HostKeyGuard>(std::move(keys), std::move(principals), clock, std::move(inner));
  return [door](http::Request request) { return door->handle(std::move(request)); };
}

std::optional<SensitiveText> first_key_of(Process& process, GatewayPart& gateway) {
  if (!process.should_run()) return std::nullopt;
  return first_key(process.foundation(), gateway.operator_handler(), process.data_directory());
}

AuditPart::Settings audit_settings(const Configuration& configuration, PartSecrets& own_secrets,
                                   const SecretsPlace& place, secrets::PrincipalVerifier principals) {
  return {.log_keys = own_secrets.log_keys(),
          .principals = std::move(principals),
          .head_file = configuration.path("audit.head_path"),
          .origin_prefix = configuration.text("audit.origin"),
          .key_overlap = std::chrono::days(configuration.number("audit.key_overlap")),
          .retention = std::chrono::days(configuration.number("audit.retention")),
          .secret_versions = place.open_for_changes(),
          .secret_refresh = std::chrono::seconds(configuration.number("secrets.refresh"))};
}

std::function<bool()> can_work(Process& process) {
  return [&process] { return process.health().health().readiness != Readiness::kUnavailable; };
}

/// Stands behind the parts, so that it goes before them: nothing may run any more that uses one.
class StopOnExit {
 public:
  explicit StopOnExit(Process& process) : process_(process) {}
  ~StopOnExit() { process_.stop(); }
  StopOnExit(const StopOnExit&) = delete;
  StopOnExit& operator=(const StopOnExit&) = delete;

 private:
  Process& process_;
};

/// Runs until a signal, then lets the parts finish while the threads still run.
template <class... Parts>
int run_until_signal(Process& process, const std::optional<SensitiveText>& first_key, Parts&... parts) {
  process.run(first_key);
  (parts.finish(), ...);
  return 0;
}

}  // namespace

int run_serve(const Configuration& configuration) {
  Process process("serve", configuration);
  auto& foundation = process.foundation();
  const auto& data = process.data_directory();
  const auto place = SecretsPlace::of_serve(configuration, data, foundation.random, foundation.clock);
  PartSecrets patients_secrets(secrets::kPatients, configuration, foundation, place.open(secrets::kPatients));
  PartSecrets audit_secrets(secrets::kAudit, configuration, foundation, place.open(secrets::kAudit));

  AuditPart audit(foundation, data,
                  audit_settings(configuration, audit_secrets, place, audit_secrets.principal_verifier()));
  PatientsPart patients(foundation, data, audit.store(), patients_secrets.cursor_keys(), {});
  GatewayPart gateway(foundation, data,
                      {.patients = patients.handler(),
                       .audit = audit.gateway_handler(),
                       .audit_register = &audit.store(),
                       .log_is_public = configuration.flag("gateway.public_log"),
                       .is_up = can_work(process),
                       .behind = {}});
  process.health().add([&audit_secrets] { return audit_secrets.health(); });
  process.health().add([&patients_secrets] { return patients_secrets.health(); });
  process.health().add([&audit] { return audit.health(); });
  process.health().add([&patients] { return patients.health(); });
  process.health().add([&gateway] { return gateway.health(); });

  RotationSchedule schedule(configuration, foundation);
  const StopOnExit stop(process);
  process.listen(gateway.handler(), "gateway.listen", http::ErrorForm::kGateway);
  schedule.start();
  audit_secrets.start();
  patients_secrets.start();
  audit.start();
  patients.start();
  gateway.start([&process, &audit] {
    audit.require_working();
    return process.should_run();
  });
  return run_until_signal(process, first_key_of(process, gateway), gateway, patients, audit);
}

namespace {

http::Handler handled_by(const secrets::HostKeySender& sender) {
  return [&sender](http::Request request) { return sender.handle(std::move(request)); };
}

/// The audit service as a gateway alone has it: the register that it reports to, and the routes that it passes on.
struct RemoteAudit {
  RemoteAudit(http::Handler service, secrets::HostKeySender::Keys keys, const Clock& clock)
      : sender(keys, clock, std::move(service)),
        client(handled_by(sender)),
        appender(client, keys.principal_keys, clock) {}

  secrets::HostKeySender sender;
  audit::Client client;
  SigningAppender appender;
};

}  // namespace

int run_gateway(const Configuration& configuration) {
  Process process("gateway", configuration);
  auto& foundation = process.foundation();
  const auto place =
      SecretsPlace::of_part(configuration, process.data_directory(), secrets::kGateway, foundation.clock);
  PartSecrets own_secrets(secrets::kGateway, configuration, foundation, place.open(secrets::kGateway));
  const auto principal_keys = own_secrets.principal_keys();
  const secrets::HostKeySender patients(
      own_secrets.sender_keys("patients-host-key", principal_keys), foundation.clock,
      send_to(configuration, "gateway.patients_url", secrets::kPatients,
              {.response_bytes = kLargestAnswer, .response_timeout = kPatientsTimeout}, foundation.metrics));
  std::optional<RemoteAudit> audit;
  if (!configuration.text("gateway.audit_url").empty()) {
    audit.emplace(send_to(configuration, "gateway.audit_url", secrets::kAudit,
                          {.response_bytes = kLargestAnswer, .response_timeout = kAuditTimeout}, foundation.metrics),
                  own_secrets.sender_keys(audit::kGatewayKeyName, principal_keys), foundation.clock);
  }
  std::vector<TraceNeighbour> behind{{.part = "patients", .service = handled_by(patients)}};
  if (audit) behind.push_back({.part = "audit", .service = handled_by(audit->sender)});
  GatewayPart gateway(foundation, process.data_directory(),
                      {.patients = handled_by(patients),
                       .audit = audit ? handled_by(audit->sender) : http::Handler(),
                       .audit_register = audit ? &audit->appender : nullptr,
                       .log_is_public = configuration.flag("gateway.public_log"),
                       .is_up = can_work(process),
                       .behind = std::move(behind)});
  process.health().add([&own_secrets] { return own_secrets.health(); });
  process.health().add([&gateway] { return gateway.health(); });
  const StopOnExit stop(process);
  process.listen(gateway.handler(), "gateway.listen", http::ErrorForm::kGateway);
  own_secrets.start();
  gateway.start([&process] { return process.should_run(); });
  return run_until_signal(process, first_key_of(process, gateway), gateway);
}

int run_patients(const Configuration& configuration) {
  Process process("patients", configuration);
  auto& foundation = process.foundation();
  const auto place =
      SecretsPlace::of_part(configuration, process.data_directory(), secrets::kPatients, foundation.clock);
  PartSecrets own_secrets(secrets::kPatients, configuration, foundation, place.open(secrets::kPatients));
  const secrets::HostKeySender audit_service(own_secrets.sender_keys("audit-host-key", nullptr), foundation.clock,
                                             send_to(configuration, "patients.audit_url", secrets::kAudit,
                                                     {.response_timeout = kAuditTimeout}, foundation.metrics));
  audit::Client audit_register(handled_by(audit_service));
  PatientsPart patients(foundation, process.data_directory(), audit_register, own_secrets.cursor_keys(),
                        {{.part = "audit", .service = handled_by(audit_service)}});
  process.health().add([&own_secrets] { return own_secrets.health(); });
  process.health().add([&patients] { return patients.health(); });
  const StopOnExit stop(process);
  process.listen(guard({own_secrets.accepted_host_key("patients-host-key")}, own_secrets.principal_verifier(),
                       foundation.clock, patients.guarded_handler()),
                 "patients.listen", http::ErrorForm::kService);
  own_secrets.start();
  patients.start();
  return run_until_signal(process, std::nullopt, patients);
}

int run_audit(const Configuration& configuration) {
  Process process("audit", configuration);
  auto& foundation = process.foundation();
  const auto place = SecretsPlace::of_part(configuration, process.data_directory(), secrets::kAudit, foundation.clock);
  PartSecrets own_secrets(secrets::kAudit, configuration, foundation, place.open(secrets::kAudit));
  const auto principals = own_secrets.principal_verifier();
  AuditPart audit(foundation, process.data_directory(), audit_settings(configuration, own_secrets, place, principals));
  process.health().add([&own_secrets] { return own_secrets.health(); });
  process.health().add([&audit] { return audit.health(); });
  const StopOnExit stop(process);
  process.listen(
      guard({own_secrets.accepted_host_key("audit-host-key"), own_secrets.accepted_host_key(audit::kGatewayKeyName)},
            principals, foundation.clock, audit.guarded_handler()),
      "audit.listen", http::ErrorForm::kService);
  own_secrets.start();
  audit.start();
  return run_until_signal(process, std::nullopt, audit);
}

}  // namespace assay::app
