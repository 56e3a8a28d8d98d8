#include "app/secrets_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <iostream>

#include "app/hidden_input.hpp"
#include "app/input_file.hpp"
#include "app/operator_door.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "secrets/change_lock.hpp"
#include "secrets/grants.hpp"
#include "secrets/part_folders.hpp"
#include "secrets/rotation.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kLockName = "lock";

secrets::PartFolders opened(const SecretsOptions& options) {
  if (!std::filesystem::is_directory(options.folder)) {
    throw Refusal(
        fmt::format("there are no secrets in {}: say with --dir where they are, or make them with assay "
                    "secrets init",
                    options.folder.string()));
  }
  return secrets::PartFolders(options.folder);
}

SensitiveText without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return SensitiveText(std::move(text));
}

/// What no part could read must not take the place of what it can.
void require_readable(const SensitiveText& value) {
  if (value.empty() || value.reveal() == "\n") throw Refusal("the value is empty; nothing was changed");
  if (value.reveal().size() > secrets::kLargestSecret) {
    throw Refusal(fmt::format("the value is larger than the {} KiB that a secret may have; nothing was changed",
                              secrets::kLargestSecret >> 10U));
  }
}

SensitiveText typed_twice(const std::string& name) {
  auto typed = ask_hidden(fmt::format("New value of {}", name));
  if (ask_hidden("Once more").reveal() != typed.reveal()) {
    throw Refusal("the two are not the same; nothing was changed");
  }
  return typed;
}

SensitiveText read_value(const SecretsOptions& options) {
  if (!options.value_file.empty()) return without_newline(read_input_file(options.value_file));
  return ::isatty(STDIN_FILENO) != 0 ? typed_twice(options.name) : without_newline(read_standard_input());
}

std::string_view fate_of_older(const secrets::Grant& grant, const secrets::Rotated& rotated) {
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

int list_secrets(const SecretsOptions& options) {
  auto provider = opened(options);
  json::array out;
  if (options.output == "text") fmt::print("{:<28} {:<22} {:<26} {}\n", "NAME", "VERSION", "CHANGED", "READ BY");
  for (const auto& name : provider.names()) {
    const auto newest = provider.versions(name).front();
    const auto readers = secrets::require_grant(name).readers;
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

int list_secret_versions(const SecretsOptions& options) {
  secrets::require_grant(options.name);
  auto provider = opened(options);
  json::array out;
  if (options.output == "text") fmt::print("{:<22} {:<26} {}\n", "VERSION", "CREATED", "BY");
  for (const auto& note : provider.versions(options.name)) {
    if (options.output == "text") {
      fmt::print("{:<22} {:<26} {}\n", note.id, note.created, note.changed_by);
    } else {
      out.push_back(to_json(note));
    }
  }
  if (options.output == "json") fmt::print("{}\n", json::serialize(out));
  return 0;
}

int set_secret(const SecretsOptions& options) {
  const auto& grant = secrets::require_grant(options.name);
  if (grant.making != secrets::Making::kGiven) {
    throw Refusal(fmt::format("{0} is made by assay itself: assay secrets rotate {0} makes a new one", options.name));
  }
  auto provider = opened(options);
  const auto value = read_value(options);
  require_readable(value);
  const secrets::ChangeLock lock(options.folder / kLockName);
  const auto version = provider.write(options.name, value, current_operator().name);
  fmt::print("Set {}: version {}.\n", options.name, version);
  return 0;
}

int get_secret(const SecretsOptions& options) {
  secrets::require_grant(options.name);
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    throw Refusal("a secret is shown on a terminal only; programs read it where it is kept");
  }
  auto provider = opened(options);
  const auto secret = provider.read(options.name);
  fmt::print("Show {} on this terminal? [y/N] ", options.name);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "Y") return 1;
  fmt::print("{}\n", secret.newest().value.reveal());
  return 0;
}

int rotate_secret(const SecretsOptions& options) {
  const auto& grant = secrets::require_grant(options.name);
  auto provider = opened(options);
  const secrets::ChangeLock lock(options.folder / kLockName);
  SystemRandom random;
  const SystemClock clock;
  const auto rotated = secrets::rotate(
      provider, {.name = options.name, .changed_by = current_operator().name, .is_compromised = options.is_compromised},
      random, clock);
  fmt::print("Rotated {}: version {}. {}\n", options.name, rotated.version, fate_of_older(grant, rotated));
  return 0;
}

int make_secrets(const SecretsOptions& options) {
  SystemRandom random;
  secrets::initialise(options.folder, random);
  fmt::print("Made {0}/gateway, {0}/patients and {0}/audit; give each part its own folder only.\n",
             options.folder.string());
  return 0;
}

}  // namespace assay::app
