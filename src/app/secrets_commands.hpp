#pragma once

#include <filesystem>
#include <string>

namespace assay::app {

/// What the flags of `assay secrets …` say.
struct SecretsOptions {
  std::filesystem::path folder;  ///< that `init` made
  std::string name;
  std::string value_file;       ///< empty: asked for on the terminal, else read from standard input
  std::string output = "text";  ///< or "json"
  bool is_compromised = false;
};

/// The operators' commands on secrets. They return the exit code and throw Refusal with a sentence; none prints a
/// value but `get_secret`, and that to a terminal only.
int make_secrets(const SecretsOptions& options);
int list_secrets(const SecretsOptions& options);
int list_secret_versions(const SecretsOptions& options);
int set_secret(const SecretsOptions& options);
int get_secret(const SecretsOptions& options);
int rotate_secret(const SecretsOptions& options);

}  // namespace assay::app
