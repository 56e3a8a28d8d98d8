#include "app/secrets_command_line.hpp"

namespace assay::app {

void SecretsCommandLine::add_to(CLI::App& app) {
  auto& group = *app.add_subcommand("secrets", "Manage the secrets of the parts");
  group.require_subcommand(1);
  add(group, "init", "Make the secrets, each for the parts that may read it", &make_secrets);
  add_output(add(group, "list", "List the secrets and who may read each", &list_secrets));
  add_output(add_named(group, "versions", "List the versions of a secret", &list_secret_versions));
  add_value(add_named(group, "set", "Set a secret that comes from outside", &set_secret));
  add_named(group, "get", "Show a secret, on a terminal only", &get_secret);
  add_named(group, "rotate", "Make a new version of a key, with no failed request", &rotate_secret)
      .add_flag("--compromised", options_.is_compromised, "others may know the old key: accept it no more");
  program_.setting(add(group, "rotate-due", "Rotate each key that is old", &rotate_due_secrets), "--older-than",
                   "secrets.rotate_every", "days (default secrets.rotate_every)");
  add_identity(add_named(group, "grant", "Let an identity read a secret of the sealed file", &grant_secret));
  add_value(add_identity(
      add_named(group, "revoke", "Take a secret from an identity, and make a new version of it", &revoke_secret)));
  add_identity(
      add(group, "policy", "Print the policy by which a vault lets a part read its secrets", &print_secrets_policy));
  add_output(add(group, "doctor", "Tell who can read what, what is old, missing or unused", &examine_secrets));
}

CLI::App& SecretsCommandLine::add(CLI::App& group, const std::string& name, const std::string& help,
                                  int (*action)(const SecretsOptions&, const Configuration&)) {
  auto& added =
      program_.command(group, name, help, [this, action] { return action(options_, program_.configuration()); });
  program_.common_settings(added);
  program_.setting(added, "--provider", "secrets.provider", "sealed (default), folder, vault or azure");
  program_.setting(added, "--dir", "secrets.dir",
                   "the folder with the sealed file or the files (default DATA_DIR/secrets)");
  added.add_option("--passphrase-file", options_.passphrase_file, "a file with the passphrase of the operator's key");
  return added;
}

CLI::App& SecretsCommandLine::add_named(CLI::App& group, const std::string& name, const std::string& help,
                                        int (*action)(const SecretsOptions&, const Configuration&)) {
  auto& added = add(group, name, help, action);
  added.add_option("NAME", options_.name, "the secret's name")->required();
  return added;
}

CLI::App& SecretsCommandLine::add_identity(CLI::App& command) {
  command.add_option("IDENTITY", options_.identity, "gateway, patients or audit")->required();
  return command;
}

void SecretsCommandLine::add_value(CLI::App& command) {
  command.add_option("--file", options_.value_file,
                     "a file with the value of one from outside (default: asked for, or standard input)");
}

void SecretsCommandLine::add_output(CLI::App& command) {
  command.add_option("--output", options_.output, "text or json")->check(CLI::IsMember({"text", "json"}));
}

}  // namespace assay::app
