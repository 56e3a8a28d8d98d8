#include "app/run.hpp"

#include <fmt/format.h>

#include "app/answer_limit.hpp"
#include "app/first_key.hpp"
#include "app/parts.hpp"
#include "app/process.hpp"
#include "app/signing_appender.hpp"
#include "audit/client.hpp"
#include "http/client.hpp"
#include "secrets/directory.hpp"
#include "secrets/host_key.hpp"

namespace assay::app {

namespace {

/// The folder of all identities' secrets; `assay serve` makes its own when none is configured.
std::filesystem::path secrets_of_serve(const Configuration& configuration, const std::filesystem::path& data_directory,
                                       Random& random) {
  if (!configuration.text("secrets.dir").empty()) return configuration.path("secrets.dir");
  auto folder = data_directory / "secrets";
  if (!std::filesystem::exists(folder)) secrets::initialise(folder, random);
  return folder;
}

secrets::Directory secrets_of_part(const Configuration& configuration, std::string_view part) {
  const auto folder = configuration.path("secrets.dir");
  if (folder.empty()) {
    throw Refusal(
        fmt::format("assay {} needs --secrets DIR; assay secrets init --dir DIR makes a folder for each part", part));
  }
  return secrets::Directory(folder);
}

/// The inner part must give up before the outer one does, so that its answer says what was wrong.
constexpr std::chrono::seconds kAuditTimeout{10};
constexpr std::chrono::seconds kPatientsTimeout{30};

http::Handler send_to(const Configuration& configuration, std::string_view key, http::ClientLimits limits) {
  auto client = std::make_shared<http::Client>(configuration.text(key), limits);
  return [client](http::Request request) { return client->send(std::move(request)); };
}

http::Handler guard(std::vector<secrets::HostKey> keys, const VerifyingKey& principal_key, const Clock& clock,
                    http::Handler inner) {
  auto door = std::make_shared<secrets::HostKeyGuard>(std::move(keys), principal_key, clock, std::move(inner));
  return [door](http::Request request) { return door->handle(std::move(request)); };
}

std::optional<SensitiveText> first_key_of(Process& process, GatewayPart& gateway) {
  if (!process.should_run()) return std::nullopt;
  return first_key(process.foundation(), gateway.operator_handler(), process.data_directory());
}

AuditPart::Settings audit_settings(const Configuration& configuration, secrets::Directory own_secrets) {
  const auto principal_key = own_secrets.verifying_key("principal-key.pub");
  return {.secrets = std::move(own_secrets),
          .principal_key = principal_key,
          .head_file = configuration.path("audit.head_path"),
          .origin_prefix = configuration.text("audit.origin"),
          .retention = std::chrono::days(configuration.number("audit.retention"))};
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
  const auto secrets_folder = secrets_of_serve(configuration, data, foundation.random);
  const secrets::Directory patients_secrets(secrets_folder / secrets::kPatients);

  AuditPart audit(foundation, data,
                  audit_settings(configuration, secrets::Directory(secrets_folder / secrets::kAudit)));
  PatientsPart patients(foundation, data, audit.store(), patients_secrets.get("cursor-key"));
  GatewayPart gateway(foundation, data,
                      {.patients = patients.handler(),
                       .audit = audit.gateway_handler(),
                       .audit_register = &audit.store(),
                       .log_is_public = configuration.flag("gateway.public_log"),
                       .is_up = can_work(process)});
  process.health().add([&audit] { return audit.health(); });
  process.health().add([&patients] { return patients.health(); });
  process.health().add([&gateway] { return gateway.health(); });

  const StopOnExit stop(process);
  process.listen(gateway.handler(), "gateway.listen", http::ErrorForm::kGateway);
  audit.start();
  patients.start();
  gateway.start([&process, &audit] {
    audit.require_working();
    return process.should_run();
  });
  return run_until_signal(process, first_key_of(process, gateway), gateway, patients, audit);
}

namespace {

/// The audit service as a gateway alone has it: the register that it reports to, and the routes that it passes on.
struct RemoteAudit {
  RemoteAudit(const http::Handler& service, const SensitiveText& host_key, const SigningKey& principal_key,
              const Clock& clock)
      : client(service, host_key),
        appender(client, principal_key, clock),
        sender(host_key, &principal_key, clock, service) {}

  audit::Client client;
  SigningAppender appender;
  secrets::HostKeySender sender;
};

http::Handler handled_by(const secrets::HostKeySender& sender) {
  return [&sender](http::Request request) { return sender.handle(std::move(request)); };
}

}  // namespace

int run_gateway(const Configuration& configuration) {
  Process process("gateway", configuration);
  auto& foundation = process.foundation();
  const auto own_secrets = secrets_of_part(configuration, secrets::kGateway);
  const auto principal_key = own_secrets.signing_key("principal-key");
  const secrets::HostKeySender patients(
      own_secrets.get("patients-host-key"), &principal_key, foundation.clock,
      send_to(configuration, "gateway.patients_url",
              {.response_bytes = kLargestAnswer, .response_timeout = kPatientsTimeout}));
  std::optional<RemoteAudit> audit;
  if (!configuration.text("gateway.audit_url").empty()) {
    audit.emplace(send_to(configuration, "gateway.audit_url",
                          {.response_bytes = kLargestAnswer, .response_timeout = kAuditTimeout}),
                  own_secrets.get(audit::kGatewayKeyName), principal_key, foundation.clock);
  }
  GatewayPart gateway(foundation, process.data_directory(),
                      {.patients = handled_by(patients),
                       .audit = audit ? handled_by(audit->sender) : http::Handler(),
                       .audit_register = audit ? &audit->appender : nullptr,
                       .log_is_public = configuration.flag("gateway.public_log"),
                       .is_up = can_work(process)});
  process.health().add([&gateway] { return gateway.health(); });
  const StopOnExit stop(process);
  process.listen(gateway.handler(), "gateway.listen", http::ErrorForm::kGateway);
  gateway.start([&process] { return process.should_run(); });
  return run_until_signal(process, first_key_of(process, gateway), gateway);
}

int run_patients(const Configuration& configuration) {
  Process process("patients", configuration);
  auto& foundation = process.foundation();
  const auto own_secrets = secrets_of_part(configuration, secrets::kPatients);
  audit::Client audit_register(send_to(configuration, "patients.audit_url", {.response_timeout = kAuditTimeout}),
                               own_secrets.get("audit-host-key"));
  PatientsPart patients(foundation, process.data_directory(), audit_register, own_secrets.get("cursor-key"));
  process.health().add([&patients] { return patients.health(); });
  const StopOnExit stop(process);
  process.listen(guard({{.name = "patients-host-key", .verifier = own_secrets.verifier("patients-host-key.verifier")}},
                       own_secrets.verifying_key("principal-key.pub"), foundation.clock, patients.handler()),
                 "patients.listen", http::ErrorForm::kService);
  patients.start();
  return run_until_signal(process, std::nullopt, patients);
}

int run_audit(const Configuration& configuration) {
  Process process("audit", configuration);
  auto& foundation = process.foundation();
  const auto own_secrets = secrets_of_part(configuration, secrets::kAudit);
  const auto principal_key = own_secrets.verifying_key("principal-key.pub");
  AuditPart audit(foundation, process.data_directory(), audit_settings(configuration, own_secrets));
  process.health().add([&audit] { return audit.health(); });
  const StopOnExit stop(process);
  process.listen(guard({{.name = "audit-host-key", .verifier = own_secrets.verifier("audit-host-key.verifier")},
                        {.name = std::string(audit::kGatewayKeyName),
                         .verifier = own_secrets.verifier("audit-gateway-key.verifier")}},
                       principal_key, foundation.clock, audit.handler()),
                 "audit.listen", http::ErrorForm::kService);
  audit.start();
  return run_until_signal(process, std::nullopt, audit);
}

}  // namespace assay::app
