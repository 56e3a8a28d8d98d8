#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "app/operator_door.hpp"
#include "app/operator_secrets.hpp"
#include "app/part_folder.hpp"
#include "app/secret_value.hpp"
#include "app/secrets_commands.hpp"
#include "app/secrets_place.hpp"
#include "secrets/credential_file.hpp"
#include "secrets/directory.hpp"
#include "secrets/making.hpp"

namespace assay::app {

namespace {

SensitiveText new_passphrase(const std::string& file) {
  if (!file.empty()) return secrets::read_credential_file(file, secrets::FileReaders::kOwnerAndGroup);
  if (::isatty(STDIN_FILENO) == 0) return {};
  return ask_twice("Passphrase of the operator's key (empty: none)");
}

void make_sealed(const std::filesystem::path& folder, const SecretsOptions& options) {
  SystemRandom random;
  const SystemClock clock;
  auto passphrase = new_passphrase(options.passphrase_file);
  const bool is_encrypted = !passphrase.empty();
  secrets::initialise_sealed(
      {.folder = folder, .passphrase = std::move(passphrase), .made_by = current_operator().name}, random, clock);
  fmt::print(
      "Made {0}/secrets.sealed: each part gets it, and of the keys its own: gateway.identity, patients.identity or "
      "audit.identity.\n"
      "{0}/operator.key{1} changes secrets: keep it, and a copy, where no part runs. Without it no secret can be "
      "changed.\n",
      folder.string(), is_encrypted ? "" : ", which no passphrase protects,");
}

void make_folders(const std::filesystem::path& folder) {
  SystemRandom random;
  secrets::initialise(folder, random);
  fmt::print("Made {0}/gateway, {0}/patients and {0}/audit; give each part its own folder only.\n", folder.string());
}

void fill_vault(const SecretsOptions& options, const Configuration& configuration) {
  SystemRandom random;
  const SystemClock clock;
  OperatorSecrets secrets(configuration, passphrase_from(options.passphrase_file), clock);
  auto& vault = secrets.open_for_change();
  const auto made = secrets::make_missing(vault, current_operator().name, random);
  if (made.empty()) {
    fmt::print("All secrets are in {} already.\n", vault.place());
  } else {
    fmt::print("Made in {}: {}.\n", vault.place(), fmt::join(made, ", "));
  }
}

}  // namespace

int make_secrets(const SecretsOptions& options, const Configuration& configuration) {
  const auto& kind = configuration.text("secrets.provider");
  const auto folder = OperatorSecrets::folder_of(configuration);
  if (are_secrets_in_folder(configuration) && configuration.text("secrets.dir").empty())
    open_data_directory(configuration.path("data_dir"));
  if (kind == "sealed") {
    make_sealed(folder, options);
  } else if (kind == "folder") {
    make_folders(folder);
  } else {
    fill_vault(options, configuration);
  }
  return 0;
}

}  // namespace assay::app
