#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/operator_door.hpp"
#include "app/operator_secrets.hpp"
#include "app/secret_value.hpp"
#include "app/secrets_commands.hpp"
#include "audit/log_opening.hpp"
#include "base/error.hpp"
#include "secrets/grants.hpp"
#include "secrets/rotation.hpp"
#include "secrets/vault_policy.hpp"

namespace assay::app {

namespace {

/// A derived secret's new version comes with one of its source.
std::string_view rotated_for(std::string_view name) {
  return secrets::require_grant(name).making == secrets::Making::kDerived ? name.substr(0, name.rfind('.')) : name;
}

void warn_if_needed(const SecretsOptions& options) {
  if (!secrets::may_read(options.identity, options.name)) return;
  fmt::print(stderr, "assay: {} can't work without {}: give it back with assay secrets grant {} {}\n", options.identity,
             options.name, options.name, options.identity);
}

}  // namespace

int grant_secret(const SecretsOptions& options, const Configuration& configuration) {
  secrets::require_grant(options.name);
  if (options.name == audit::kLogKeyName && options.identity != secrets::kAudit) {
    throw Refusal("the log's key is for the audit part alone: whoever reads it can sign another history, for good");
  }
  const SystemClock clock;
  OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  const bool reads_newest = secrets.open_for_grants().grant(options.name, options.identity, current_operator().name);
  fmt::print("Granted {} to {}, which can read {}.\n", options.name, options.identity,
             reads_newest ? "it now" : "it from its next version on: no key here opens the present one");
  return 0;
}

int revoke_secret(const SecretsOptions& options, const Configuration& configuration) {
  const bool is_given = secrets::require_grant(options.name).making == secrets::Making::kGiven;
  if (options.identity == secrets::kOperatorIdentity) {
    throw Refusal("a rotation goes on from what the operator reads of a secret; that can't be revoked");
  }
  if (options.name == audit::kLogKeyName) {
    throw Refusal("the log's key is not taken back: begin a log of a new name, as docs/rotate-keys.md tells");
  }
  SystemRandom random;
  const SystemClock clock;
  OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  // Read first: nothing is taken from anybody when there is nothing to put in its place.
  std::optional<SensitiveText> value;
  if (is_given) value = read_secret_value(options.name, options.value_file);
  auto& store = secrets.open_for_grants();
  const auto& by = current_operator().name;
  const auto readers = secrets.readers(options.name).value();
  const bool is_repeat = std::ranges::find(readers, options.identity) == readers.end() &&
                         secrets::is_revoke_unfinished(store.document(), options.name);
  if (!is_repeat) store.revoke(options.name, options.identity, by);
  const auto version =
      value ? store.write(options.name, *value, by)
            : secrets::rotate(store, {.name = rotated_for(options.name), .changed_by = by, .is_compromised = true},
                              random, clock)
                  .version;
  fmt::print("Revoked {} from {}; {} has version {} now, and older ones are accepted no more.\n", options.name,
             options.identity, rotated_for(options.name), version);
  warn_if_needed(options);
  return 0;
}

int print_secrets_policy(const SecretsOptions& options, const Configuration& configuration) {
  fmt::print("{}", secrets::vault_policy(options.identity, {.mount = configuration.text("vault.mount"),
                                                            .prefix = configuration.text("vault.prefix")}));
  return 0;
}

}  // namespace assay::app
