#include "app/command_line.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <system_error>

#include "app/audit_erase.hpp"
#include "app/audit_export.hpp"
#include "app/audit_flags.hpp"
#include "app/audit_key.hpp"
#include "app/audit_report.hpp"
#include "app/audit_verify.hpp"
#include "app/audit_verify_flags.hpp"
#include "app/backup.hpp"
#include "app/check.hpp"
#include "app/configuration.hpp"
#include "app/export.hpp"
#include "app/failure.hpp"
#include "app/import.hpp"
#include "app/log_command.hpp"
#include "app/patient_erase.hpp"
#include "app/print_settings.hpp"
#include "app/run.hpp"
#include "app/secrets_command_line.hpp"
#include "app/standard_output.hpp"
#include "app/status.hpp"
#include "app/subscription_commands.hpp"
#include "app/top_command.hpp"
#include "app/top_flags.hpp"
#include "app/trace_command.hpp"
#include "app/unknown_command.hpp"
#include "base/error.hpp"
#include "sqlite/connection.hpp"

namespace assay::app {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

/// What the flags of one command set, and what the command does with it.
class CommandLine {
 public:
  CommandLine()
      : app_("Assay: a register of patients' medical tests whose every access leaves a durable trace.", "assay") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", std::string("assay ") + ASSAY_VERSION);
    add_runs();
    add_subscription_commands();
    add_patient_commands();
    add_data_commands();
    add_log_commands();
    add_import_commands();
    secrets_.add_to(app_);
    add_config_commands();
  }

  int run(int argument_count, char** arguments) {
    try {
      app_.parse(argument_count, arguments);
    } catch (const CLI::ParseError& error) {
      if (say_unknown_command(app_, {arguments + 1, arguments + argument_count})) return kWrongUsage;
      if (app_.exit(error) != 0) return kWrongUsage;
      require_output_written();
      return 0;
    }
    const int code = act();
    // A part has run, whether or not somebody read what it printed.
    if (code == 0 && !is_part_) require_output_written();
    return code;
  }

 private:
  int act() {
    try {
      return action_();
    } catch (const std::system_error&) {
      if (std::ferror(stdout) != 0) require_output_written();
      throw;
    }
  }

  void setting(CLI::App& command, const std::string& flag, const std::string& key, const std::string& help) {
    command.add_option_function<std::string>(
        flag, [this, key](const std::string& value) { flags_[key] = value; }, help);
  }

  void common_settings(CLI::App& command) {
    command.add_option("--config", file_, "TOML file of settings")->envname("ASSAY_CONFIG");
    setting(command, "--data-dir", "data_dir", "the folder that holds everything (default ./assay-data)");
  }

  Configuration configuration() const {
    ConfigurationSources sources{
        .file = std::nullopt, .environment = process_environment(), .flags = flags_, .defaults = defaults_};
    if (!file_.empty()) sources.file = file_;
    return Configuration::load(sources);
  }

  std::filesystem::path data_directory() const { return configuration().path("data_dir"); }

  CLI::App& command(CLI::App& parent, const std::string& name, const std::string& help, std::function<int()> action) {
    auto* command = parent.add_subcommand(name, help);
    // Of `assay audit key` only the last counts: the callback of `audit` comes after it.
    command->callback([this, command, action = std::move(action)] {
      if (command->get_subcommands().empty()) action_ = action;
    });
    return *command;
  }

  struct Run {
    std::string name;
    std::string help;
    std::string listen_key;
    std::string listen_default;
    std::string metrics_default;
    int (*run)(const Configuration&);
  };

  CLI::App& add_run(const Run& run) {
    auto& added = command(app_, run.name, run.help, [this, run] {
      defaults_["metrics.listen"] = run.metrics_default;
      is_part_ = true;
      return run.run(configuration());
    });
    common_settings(added);
    setting(added, "--listen", run.listen_key, fmt::format("HOST:PORT to listen on (default {})", run.listen_default));
    setting(added, "--metrics-listen", "metrics.listen",
            fmt::format("HOST:PORT of health and metrics (default {})", run.metrics_default));
    setting(added, "--secrets", "secrets.dir", "the folder with the part's secrets");
    setting(added, "--secrets-provider", "secrets.provider", "sealed (default), folder, vault or azure");
    return added;
  }

  void add_runs() {
    add_run({"serve", "Run the whole register in one process", "gateway.listen", "127.0.0.1:8080", "127.0.0.1:9464",
             &run_serve});
    auto& gateway = add_run(
        {"gateway", "Run the gateway alone", "gateway.listen", "127.0.0.1:8080", "127.0.0.1:9465", &run_gateway});
    setting(gateway, "--patients-url", "gateway.patients_url", "the patients service (default http://127.0.0.1:8081)");
    setting(gateway, "--audit-url", "gateway.audit_url", "the audit service (default none)");
    auto& patients = add_run({"patients", "Run the patients service alone", "patients.listen", "127.0.0.1:8081",
                              "127.0.0.1:9466", &run_patients});
    setting(patients, "--audit-url", "patients.audit_url", "the audit service (default http://127.0.0.1:8082)");
    add_audit_commands(add_run(
        {"audit", "Run the audit service alone", "audit.listen", "127.0.0.1:8082", "127.0.0.1:9467", &run_audit}));
  }

  void add_audit_commands(CLI::App& group) {
    group.require_subcommand(0, 1);
    common_settings(command(group, "key", "Print the key that verifies what the log signs",
                            [this] { return print_log_key(data_directory()); }));
    add_verify(group);
    add_register_commands(group);
    add_audit_erase(group);
  }

  void add_verify(CLI::App& group) {
    auto& verify = command(group, "verify",
                           "Verify a receipt, the log of a register at --url, or else the whole data directory.\n"
                           "Exit 0: verified; 1: a fault was found; 2: wrong usage; 3: it could not be examined",
                           [this] { return verify_audit([this] { return verify_options(); }); });
    add_verify_flags(verify, verify_);
    common_settings(verify);
  }

  VerifyOptions verify_options() const {
    const auto loaded = configuration();
    auto options = verify_;
    options.data_directory = loaded.path("data_dir");
    options.head_file = loaded.path("audit.head_path");
    return options;
  }

  void add_register_commands(CLI::App& group) {
    auto& exported = command(group, "export", "Write audit records into a file, or to standard output", [this] {
      audit_export_.file = file_;
      audit_export_.format = format_;
      audit_export_.url = url_;
      audit_export_.key_file = key_file_;
      return export_audit(audit_export_);
    });
    exported.add_option("FILE", file_, "a file that doesn't exist yet, or -")->required();
    exported.add_option("--format", format_, "ndjson or csv (default: by the file's name)")
        ->check(CLI::IsMember({"ndjson", "csv"}));
    add_export_flags(exported, audit_export_);
    session_settings(exported);
    auto& report = command(group, "report", "Print who accessed a patient's data, for the patient", [this] {
      audit_report_.output = output_;
      audit_report_.url = url_;
      audit_report_.key_file = key_file_;
      return report_accesses(audit_report_);
    });
    report.add_option("--patient", audit_report_.patient, "the patient's id")->required();
    report.add_option("--output", output_, "text, html or json")->check(CLI::IsMember({"text", "html", "json"}));
    report.add_option("--proofs", audit_report_.proofs, "a folder to make for the proof of each access");
    session_settings(report);
  }

  void add_audit_erase(CLI::App& group) {
    auto& erase = command(group, "erase",
                          "Destroy the content of a record, or of all that tell of a person; do it before the patient "
                          "is erased, or name a document of the person by --person",
                          [this] { return erase_audit_records(data_directory(), audit_erase_); });
    add_erase_flags(erase, audit_erase_);
    common_settings(erase);
  }

  void add_patient_commands() {
    auto& group = *app_.add_subcommand("patient", "Manage patients");
    group.require_subcommand(1);
    auto& erase = command(group, "erase",
                          "Erase a patient with all tests, for ever; needs the scope admin. The audit records of it "
                          "stay: assay audit erase, before this",
                          [this] { return erase_patient(name_, reason_, url_, key_file_); });
    erase.add_option("--id", name_, "the patient's id")->required();
    erase.add_option("--reason", reason_, "why; it is recorded, so name nobody")->required();
    session_settings(erase);
  }

  void subscription_settings(CLI::App& command) {
    common_settings(command);
    command.add_option("--output", output_, "text or json")->check(CLI::IsMember({"text", "json"}));
  }

  void named(CLI::App& command) { command.add_option("NAME", name_, "the subscription's name")->required(); }

  OutputForm form() const { return output_ == "json" ? OutputForm::kJson : OutputForm::kText; }

  void add_subscription_commands() {
    auto& group = *app_.add_subcommand("subscription", "Manage who may call the API");
    group.require_subcommand(1);
    auto& create = command(group, "create", "Make a subscription and show its two keys, once",
                           [this] { return create_subscription(data_directory(), name_, scopes_, form()); });
    named(create);
    create.add_option("--scope", scopes_,
                      "patients:read, patients:write, tests:read, tests:write, audit:read or admin; may be repeated "
                      "(default: the first four)");
    subscription_settings(create);
    subscription_settings(command(group, "list", "List the subscriptions",
                                  [this] { return list_subscriptions(data_directory(), form()); }));
    auto& regenerate = command(group, "regenerate", "Replace one of the two keys and show the new one, once",
                               [this] { return regenerate_key(data_directory(), name_, key_, form()); });
    named(regenerate);
    regenerate.add_option("--key", key_, "primary or secondary")
        ->required()
        ->check(CLI::IsMember({"primary", "secondary"}));
    subscription_settings(regenerate);
    for (const auto* verb : {"suspend", "activate", "delete"}) {
      auto& change = command(group, verb, fmt::format("{} a subscription; in effect at once", verb),
                             [this, verb] { return change_subscription(data_directory(), name_, verb, form()); });
      named(change);
      subscription_settings(change);
    }
  }

  void add_data_commands() {
    common_settings(command(app_, "status", "Tell for each part whether it runs and how ready it is",
                            [this] { return print_status(data_directory()); }));
    auto& trace = command(app_, "trace", "Print what was done for one request, over all parts",
                          [this] { return print_trace(data_directory(), trace_id_, output_); });
    trace.add_option("ID", trace_id_, "an answer's Request-Id or traceparent, or a record's operationId")->required();
    trace.add_option("--output", output_, "text or json")->check(CLI::IsMember({"text", "json"}));
    common_settings(trace);
    auto& top =
        command(app_, "top", "Show live what the parts do: rates, latencies, queues, commits; q ends it", [this] {
          if (top_.places.metrics_urls.empty()) top_.places.data_directory = data_directory();
          return show_top(top_);
        });
    add_top_flags(top, top_);
    common_settings(top);
    common_settings(command(app_, "check", "Examine everything in the data directory",
                            [this] { return check_register(data_directory()); }));
    auto& backup = command(app_, "backup", "Copy the register, running or stopped, and verify the copy",
                           [this] { return backup_register(register_place(), folder_); });
    backup.add_option("DIR", folder_, "a folder that doesn't exist yet")->required();
    common_settings(backup);
    auto& restore = command(app_, "restore", "Put a backup in place of a stopped register, which is kept beside it",
                            [this] { return restore_register(register_place(), folder_); });
    restore.add_option("DIR", folder_, "the backup")->required();
    common_settings(restore);
  }

  void add_log_commands() {
    auto& group = *app_.add_subcommand("log", "Look at what the running parts log");
    group.require_subcommand(1);
    auto& level =
        command(group, "level", "Show from which level on each running part logs, or change it until it stops",
                [this] { return show_log_levels(data_directory(), log_level_); });
    level.add_option("LEVEL", log_level_.level, "debug, info, warning or error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    level.add_option("--part", log_level_.part, "serve, gateway, patients or audit (default: all)");
    common_settings(level);
  }

  RegisterPlace register_place() const {
    const auto loaded = configuration();
    return {.data_directory = loaded.path("data_dir"), .head_file = loaded.path("audit.head_path")};
  }

  void session_settings(CLI::App& command) {
    command.add_option("--url", url_, "the register's public address")->capture_default_str();
    command.add_option("--key-file", key_file_, "a file that holds a subscription key (default: ask on the terminal)");
  }

  void add_import_commands() {
    auto& import = command(app_, "import", "Bring patients and tests into a running register", [this] {
      if (format_ == "csv") import_.format = ImportFormat::kCsv;
      if (format_ == "ndjson") import_.format = ImportFormat::kNdjson;
      import_.file = file_;
      import_.url = url_;
      import_.key_file = key_file_;
      return import_file(import_);
    });
    import.add_option("FILE", file_, "NDJSON (a patient with its tests a line) or CSV (patients)")->required();
    import.add_option("--format", format_, "ndjson or csv (default: by the file's name)")
        ->check(CLI::IsMember({"ndjson", "csv"}));
    import.add_flag("--dry-run", import_.dry_run, "check the lines, send nothing");
    import.add_flag("--keep-ids", import_.keep_ids, "keep id and lastUpdated; needs the scope admin");
    session_settings(import);
    auto& exported = command(app_, "export", "Write all patients and tests into a file that import --keep-ids reads",
                             [this] { return export_register(file_, url_, key_file_); });
    exported.add_option("FILE", file_, "an NDJSON file that doesn't exist yet")->required();
    session_settings(exported);
  }

  void add_config_commands() {
    auto& group = *app_.add_subcommand("config", "Look at the configuration");
    group.require_subcommand(1);
    common_settings(command(group, "check", "Check the file and the environment", [this] {
      (void)configuration();
      fmt::print("The configuration is in order.\n");
      return 0;
    }));
    common_settings(command(group, "show", "Show each setting and where it comes from",
                            [this] { return print_settings(configuration()); }));
    command(app_, "version", "Print the version", [] {
      fmt::print("assay {}\n", ASSAY_VERSION);
      return 0;
    });
  }

  CLI::App app_;
  std::function<int()> action_;
  bool is_part_ = false;
  std::map<std::string, std::string> flags_;
  std::map<std::string, std::string> defaults_;
  std::string file_;
  std::string folder_;
  SecretsCommandLine secrets_{{.command = [this](CLI::App& parent, const std::string& name, const std::string& help,
                                                 std::function<int()> action) -> CLI::App& {
                                 return command(parent, name, help, std::move(action));
                               },
                               .common_settings = [this](CLI::App& command) { common_settings(command); },
                               .setting = [this](CLI::App& command, const std::string& flag, const std::string& key,
                                                 const std::string& help) { setting(command, flag, key, help); },
                               .configuration = [this] { return configuration(); }}};
  ImportOptions import_;
  VerifyOptions verify_;
  AuditExport audit_export_;
  AuditReport audit_report_;
  std::string format_;
  std::string url_ = "http://127.0.0.1:8080";
  std::string key_file_;
  std::string name_;
  std::string key_;
  std::string output_ = "text";
  std::string trace_id_;
  LogLevelChange log_level_;
  TopOptions top_;
  std::vector<std::string> scopes_;
  std::string reason_;
  AuditEraseOptions audit_erase_;
};

}  // namespace

int run_command_line(int argument_count, char** arguments) {
  // Whatever is written is for this user alone.
  ::umask(S_IRWXG | S_IRWXO);
  if (sodium_init() < 0) return kFailed;
  sqlite::use_no_shared_counters();
  try {
    return CommandLine().run(argument_count, arguments);
  } catch (const std::exception& error) {
    print_failure(error);
    return kFailed;
  }
}

}  // namespace assay::app
