#include "app/audit_verify_flags.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay::app {

namespace {

/// CLI11 leaves an optional text empty for an empty value, too.
void add_text(CLI::App& verify, const std::string& name, std::optional<std::string>& text, const std::string& help) {
  verify.add_option_function<std::string>(name, [&text](const std::string& value) { text = value; }, help);
}

void add_texts(CLI::App& verify, const std::string& name, std::vector<std::string>& texts, const std::string& help) {
  verify.add_option(name, texts, help)->allow_extra_args(false);
}

}  // namespace

void add_verify_flags(CLI::App& verify, VerifyOptions& options) {
  add_text(verify, "FILE", options.receipt, "a receipt, verified offline with --key alone; - reads standard input");
  add_text(verify, "--url", options.url, "the public address of a register whose log is verified from outside");
  add_texts(verify, "--key", options.keys, "the log's verifier key or a file that holds it; may be repeated");
  add_texts(
      verify, "--checkpoint", options.checkpoints,
      "a file that holds a checkpoint kept earlier, or a receipt, with which the log must begin; may be repeated");
  add_text(verify, "--key-file", options.key_file,
           "a file that holds a subscription key, where the log at --url is not public");
  add_text(verify, "--save", options.save, "keep the checkpoint that --url shows in this file, once it is verified");
}

}  // namespace assay::app
