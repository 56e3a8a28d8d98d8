#pragma once

#include <filesystem>
#include <string>

#include "app/configuration.hpp"

namespace assay::app {

/// What the flags of `assay secrets …` say besides the settings.
struct SecretsOptions {
  std::string name;
  std::string identity;         ///< of grant, revoke and policy
  std::string value_file;       ///< empty: asked for on the terminal, else read from standard input
  std::string passphrase_file;  ///< of the operator's key; empty: asked for where one is needed
  std::string output = "text";  ///< or "json"
  bool is_compromised = false;
};

/// The operators' commands on secrets. They return the exit code and throw Refusal with a sentence; none prints a
/// value but `get_secret`, and that to a terminal only.
int make_secrets(const SecretsOptions& options, const Configuration& configuration);
int list_secrets(const SecretsOptions& options, const Configuration& configuration);
int list_secret_versions(const SecretsOptions& options, const Configuration& configuration);
int set_secret(const SecretsOptions& options, const Configuration& configuration);
int get_secret(const SecretsOptions& options, const Configuration& configuration);
int rotate_secret(const SecretsOptions& options, const Configuration& configuration);
int rotate_due_secrets(const SecretsOptions& options, const Configuration& configuration);
int grant_secret(const SecretsOptions& options, const Configuration& configuration);
int revoke_secret(const SecretsOptions& options, const Configuration& configuration);
int print_secrets_policy(const SecretsOptions& options, const Configuration& configuration);
int examine_secrets(const SecretsOptions& options, const Configuration& configuration);

}  // namespace assay::app
