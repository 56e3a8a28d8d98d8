#include "app/secrets_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <iostream>

#include "app/log_key_use.hpp"
#include "app/operator_door.hpp"
#include "app/operator_secrets.hpp"
#include "app/secret_value.hpp"
#include "audit/log_signer.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/unicode.hpp"
#include "secrets/grants.hpp"
#include "secrets/rotation.hpp"

namespace assay::app {

namespace {

std::string_view fate_of_older(const secrets::Grant& grant, const secrets::Rotated& rotated) {
  if (grant.name == audit::kLogKeyName) {
    return "The log goes on under the new key once the audit part looks; both sign for the overlap "
           "(audit.key_overlap).";
  }
  if (!rotated.old_is_accepted) return "Older ones are refused as soon as the parts look again (secrets.refresh).";
  if (grant.derived.empty()) return "The one before is read until the next rotation.";
  return "The one before is accepted until it was not used for the overlap (secrets.overlap).";
}

json::object to_json(const secrets::VersionNote& note) {
  json::object out{{"version", note.id}, {"created", note.created}};
  if (!note.changed_by.empty()) out["changedBy"] = note.changed_by;
  return out;
}

}  // namespace

int list_secrets(const SecretsOptions& options, const Configuration& configuration) {
  const SystemClock clock;
  const OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  const auto provider = secrets.open_for_reading();
  json::array out;
  if (options.output == "text") fmt::print("{:<28} {:<22} {:<26} {}\n", "NAME", "VERSION", "CHANGED", "READ BY");
  for (const auto& name : provider->names()) {
    const auto* grant = secrets::find_grant(name);
    if (grant == nullptr) continue;
    const auto versions = provider->versions(name);
    const auto newest =
        versions.empty() ? secrets::VersionNote{.id = "-", .created = "-", .changed_by = {}} : versions.front();
    const auto readers =
        secrets.readers(name).value_or(std::vector<std::string>(grant->readers.begin(), grant->readers.end()));
    if (options.output == "text") {
      fmt::print("{:<28} {:<22} {:<26} {}\n", name, newest.id, newest.created, fmt::join(readers, ", "));
    } else {
      auto entry = to_json(newest);
      entry["name"] = name;
      entry["readBy"] = json::array(readers.begin(), readers.end());
      out.push_back(std::move(entry));
    }
  }
  if (options.output == "json") fmt::print("{}\n", json::serialize(out));
  return 0;
}

int list_secret_versions(const SecretsOptions& options, const Configuration& configuration) {
  secrets::require_grant(options.name);
  const SystemClock clock;
  const auto provider =
      OperatorSecrets(configuration, passphrase_from(options.passphrase_file), clock).open_for_reading();
  json::array out;
  if (options.output == "text") fmt::print("{:<22} {:<26} {}\n", "VERSION", "CREATED", "BY");
  for (const auto& note : provider->versions(options.name)) {
    if (options.output == "text") {
      fmt::print("{:<22} {:<26} {}\n", note.id, note.created, note.changed_by);
    } else {
      out.push_back(to_json(note));
    }
  }
  if (options.output == "json") fmt::print("{}\n", json::serialize(out));
  return 0;
}

int set_secret(const SecretsOptions& options, const Configuration& configuration) {
  const auto& grant = secrets::require_grant(options.name);
  if (grant.making != secrets::Making::kGiven) {
    throw Refusal(fmt::format("{0} is made by assay itself: assay secrets rotate {0} makes a new one", options.name));
  }
  const SystemClock clock;
  OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  const auto value = read_secret_value(options.name, options.value_file);
  const auto version = secrets.open_for_change().write(options.name, value, current_operator().name);
  fmt::print("Set {}: version {}.\n", options.name, version);
  return 0;
}

int get_secret(const SecretsOptions& options, const Configuration& configuration) {
  secrets::require_grant(options.name);
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    throw Refusal("a secret is shown on a terminal only; programs read it where it is kept");
  }
  const SystemClock clock;
  const auto secret = OperatorSecrets(configuration, passphrase_from(options.passphrase_file), clock)
                          .open_for_reading(options.name)
                          ->read(options.name);
  const auto value = secret.newest().value.reveal();
  if (has_control_character(value)) {
    throw Refusal(
        fmt::format("{} has control characters, which a terminal would act on; it is not shown", options.name));
  }
  fmt::print("Show {} on this terminal? [y/N] ", options.name);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "Y") return 1;
  // Past the buffer of the stream, which is not wiped.
  const auto line = SensitiveText::joined({value, "\n"});
  if (::write(STDOUT_FILENO, line.reveal().data(), line.reveal().size()) < 0)
    throw Refusal("the terminal can't be written");
  return 0;
}

int rotate_secret(const SecretsOptions& options, const Configuration& configuration) {
  const auto& grant = secrets::require_grant(options.name);
  SystemRandom random;
  const SystemClock clock;
  OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  auto& store = secrets.open_for_change();
  secrets::Rotation rotation{
      .name = options.name, .changed_by = current_operator().name, .is_compromised = options.is_compromised};
  if (options.name == audit::kLogKeyName) rotation.log_key_overlap = log_key_overlap(configuration, store);
  const auto rotated = secrets::rotate(store, rotation, random, clock);
  fmt::print("Rotated {}: version {}. {}\n", options.name, rotated.version, fate_of_older(grant, rotated));
  return 0;
}

int rotate_due_secrets(const SecretsOptions& options, const Configuration& configuration) {
  const std::chrono::days age(configuration.number("secrets.rotate_every"));
  if (age.count() == 0)
    throw Refusal("say with --older-than how many days a key may be old, or set secrets.rotate_every");
  SystemRandom random;
  const SystemClock clock;
  OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  const auto due = secrets::find_due(*secrets.open_for_reading(), age, clock);
  for (const auto& name : due) {
    const auto rotated = secrets::rotate(secrets.open_for_change(),
                                         {.name = name, .changed_by = current_operator().name}, random, clock);
    fmt::print("Rotated {}: version {}.\n", name, rotated.version);
  }
  if (due.empty()) fmt::print("No key is {} days old.\n", age.count());
  return 0;
}

}  // namespace assay::app
