#include "app/configuration.hpp"

namespace assay::app {

namespace {

using Kind = ConfigurationKey::Kind;

constexpr std::size_t kHour = 3600;

constexpr ConfigurationKey kKeys[] = {
    {"data_dir", "assay-data", "the folder that holds everything"},
    {"secrets.provider", "sealed", "where secrets are kept: sealed, folder, vault or azure", Kind::kChoice, 0, 0,
     "sealed folder vault azure"},
    {"secrets.dir", "", "the folder with the sealed file, or of 0600 files; serve makes its own when this is empty"},
    {"secrets.identities", "",
     "the folder with PART.identity, the key that opens a part's secrets in the sealed file (default: the systemd "
     "credentials where there is one, else secrets.dir)"},
    {"secrets.refresh", "15", "seconds between two looks for newer secrets", Kind::kNumber, 1, kHour},
    {"secrets.overlap", "600", "seconds after its last use for which a superseded key is accepted", Kind::kNumber, 1,
     30 * 24 * kHour},
    {"secrets.rotate_every", "0", "days after which keys are rotated by schedule; 0 is never", Kind::kNumber, 0, 3650},
    {"secrets.patience", "86400", "seconds for which a part is ready while its secrets can't be looked at",
     Kind::kNumber, 1, 30 * 24 * kHour},
    {"vault.address", "", "of HashiCorp Vault or OpenBao: https://vault.example:8200", Kind::kSecureUrl},
    {"vault.ca_file", "", "PEM file of the authority that vouches for the vault (default: the system's)", Kind::kFile},
    {"vault.namespace", "", "the vault's namespace, where it has some"},
    {"vault.mount", "secret", "the engine KV version 2 in which the secrets lie"},
    {"vault.prefix", "assay/", "what stands before each secret's name there"},
    {"vault.login", "token", "how to log in: token, approle or kubernetes", Kind::kChoice, 0, 0,
     "token approle kubernetes"},
    {"vault.login_mount", "", "where that way to log in is mounted (default: approle or kubernetes)"},
    {"vault.role", "", "the role's id (approle) or name (kubernetes)"},
    {"vault.credential_file", "",
     "the file with the token, the role's secret id, or the service account's token (default: where Kubernetes "
     "mounts it)",
     Kind::kFile},
    {"azure.vault", "", "the Azure Key Vault: https://NAME.vault.azure.net", Kind::kSecureUrl},
    {"azure.ca_file", "", "PEM file of the authority that vouches for the vault (default: the system's)", Kind::kFile},
    {"azure.login", "managed-identity", "how to log in: managed-identity or client-credentials", Kind::kChoice, 0, 0,
     "managed-identity client-credentials"},
    {"azure.client_id", "", "of the user-assigned identity, or of the application"},
    {"azure.tenant", "", "the application's tenant"},
    {"azure.client_secret_file", "", "the file with the application's secret", Kind::kFile},
    {"azure.authority", "https://login.microsoftonline.com", "who grants tokens to applications", Kind::kSecureUrl},
    {"azure.metadata_service", "http://169.254.169.254", "who grants tokens to virtual machines", Kind::kSecureUrl},
    {"azure.resource", "https://vault.azure.net", "whom tokens are for; other clouds have their own", Kind::kSecureUrl},
    {"gateway.listen", "127.0.0.1:8080", "the public address", Kind::kAddress},
    {"gateway.patients_url", "http://127.0.0.1:8081", "where `assay gateway` finds the patients service", Kind::kUrl},
    {"gateway.audit_url", "", "where `assay gateway` finds the audit service", Kind::kUrl},
    {"gateway.public_log", "true", "whether /log needs no key; else a subscription with the scope audit:read",
     Kind::kFlag},
    {"patients.listen", "127.0.0.1:8081", "the address of `assay patients`", Kind::kAddress},
    {"patients.audit_url", "http://127.0.0.1:8082", "where `assay patients` finds the audit service", Kind::kUrl},
    {"audit.listen", "127.0.0.1:8082", "the address of `assay audit`", Kind::kAddress},
    {"audit.head_path", "", "the file that keeps the newest checkpoint, best on another disk (default in data_dir)",
     Kind::kFile},
    {"audit.origin", "assay.internal", "what the log's name begins with when it is made", Kind::kOrigin},
    {"audit.key_overlap", "30", "days for which the log's key before a rotation signs beside the new one",
     Kind::kNumber, 0, 3'650},
    {"audit.retention", "0", "days after which the content of audit records is erased; 0 keeps it for ever",
     Kind::kNumber, 0, 36'500},
    {"logs.level", "info", "from which level on lines are logged: debug, info, warning or error", Kind::kChoice, 0, 0,
     "debug info warning error"},
    {"logs.format", "auto", "how lines look: json, text, or auto, which is text on a terminal", Kind::kChoice, 0, 0,
     "auto json text"},
    {"logs.access", "true", "whether each request is logged, by its route alone", Kind::kFlag},
    {"metrics.listen", "127.0.0.1:9464", "health and metrics (gateway 9465, patients 9466, audit 9467 by default)",
     Kind::kAddress},
    {"traces.enabled", "true", "whether what is done for each request is recorded", Kind::kFlag},
    {"traces.sampling", "1",
     "the share of the operations beginning here that traces.endpoint gets, failed and slow ones apart", Kind::kRatio},
    {"traces.slow_after", "1000", "milliseconds from which on an operation is slow", Kind::kNumber, 1, kHour * 1'000},
    {"traces.endpoint", "", "who gets them by OTLP over HTTP: http://collector.example:4318 (default: nobody)",
     Kind::kBaseUrl},
    {"traces.ca_file", "", "PEM file of the authority that vouches for traces.endpoint (default: the system's)",
     Kind::kFile},
    {"traces.headers_file", "", "the file, 0600, with headers that traces.endpoint wants, such as Authorization",
     Kind::kFile},
    {"server.threads", "0", "I/O threads; 0 means one a core", Kind::kNumber, 0, 256},
    {"server.connections", "10000", "open connections at most", Kind::kNumber, 1, 1'000'000},
    {"server.idle_timeout", "75", "seconds a connection may be idle between requests", Kind::kNumber, 1, kHour},
    {"server.core_dumps", "false",
     "whether a crash may leave a core dump, and the same user's programs may trace this one", Kind::kFlag},
    {"server.request_timeout", "15", "seconds from a request's first byte to its last", Kind::kNumber, 1, kHour},
};

}  // namespace

std::span<const ConfigurationKey> configuration_keys() { return kKeys; }

}  // namespace assay::app
