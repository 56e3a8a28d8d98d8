#include "app/secrets_command_line.hpp"

namespace assay::app {

void SecretsCommandLine::add_to(CLI::App& app) {
  auto& group = *app.add_subcommand("secrets", "Manage the secrets of the parts");
  group.require_subcommand(1);
  auto& init = program_.command(group, "init", "Make a folder of secrets for each part",
                                [this] { return make_secrets(options_); });
  init.add_option("--dir", options_.folder, "where to make gateway/, patients/ and audit/")->required();
  add_output(add(group, "list", "List the secrets and who may read each", &list_secrets));
  add_output(add_named(group, "versions", "List the versions of a secret", &list_secret_versions));
  add_named(group, "set", "Set a secret that comes from outside", &set_secret)
      .add_option("--file", options_.value_file, "a file with the value (default: asked for, or standard input)");
  add_named(group, "get", "Show a secret, on a terminal only", &get_secret);
  add_named(group, "rotate", "Make a new version of a key, with no failed request", &rotate_secret)
      .add_flag("--compromised", options_.is_compromised, "others may know the old key: accept it no more");
}

CLI::App& SecretsCommandLine::add(CLI::App& group, const std::string& name, const std::string& help,
                                  int (*action)(const SecretsOptions&)) {
  auto& added = program_.command(group, name, help, [this, action] {
    if (options_.folder.empty()) options_.folder = program_.data_directory() / "secrets";
    return action(options_);
  });
  program_.common_settings(added);
  added.add_option("--dir", options_.folder, "the folder that init made (default DATA_DIR/secrets)");
  return added;
}

CLI::App& SecretsCommandLine::add_named(CLI::App& group, const std::string& name, const std::string& help,
                                        int (*action)(const SecretsOptions&)) {
  auto& added = add(group, name, help, action);
  added.add_option("NAME", options_.name, "the secret's name")->required();
  return added;
}

void SecretsCommandLine::add_output(CLI::App& command) {
  command.add_option("--output", options_.output, "text or json")->check(CLI::IsMember({"text", "json"}));
}

}  // namespace assay::app
