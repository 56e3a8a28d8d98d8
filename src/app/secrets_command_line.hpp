#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/secrets_commands.hpp"

namespace assay::app {

/// `assay secrets …` on the command line.
class SecretsCommandLine {
 public:
  /// What the program gives each of its commands.
  struct Program {
    /// A command below `parent` that does `action` when it is the one that was called.
    std::function<CLI::App&(CLI::App& parent, const std::string& name, const std::string& help,
                            std::function<int()> action)>
        command;
    std::function<void(CLI::App& command)> common_settings;
    std::function<void(CLI::App& command, const std::string& flag, const std::string& key, const std::string& help)>
        setting;
    std::function<Configuration()> configuration;
  };

  explicit SecretsCommandLine(Program program) : program_(std::move(program)) {}

  void add_to(CLI::App& app);

 private:
  CLI::App& add(CLI::App& group, const std::string& name, const std::string& help,
                int (*action)(const SecretsOptions&, const Configuration&));
  CLI::App& add_named(CLI::App& group, const std::string& name, const std::string& help,
                      int (*action)(const SecretsOptions&, const Configuration&));
  CLI::App& add_identity(CLI::App& command);
  void add_value(CLI::App& command);
  void add_output(CLI::App& command);

  Program program_;
  SecretsOptions options_;
};

}  // namespace assay::app
