#include "app/audit_verify.hpp"

#include <fmt/format.h>

#include <exception>
#include <optional>

#include "app/api_session.hpp"
#include "app/audit_verify_data.hpp"
#include "app/audit_verify_input.hpp"
#include "app/audit_verify_log.hpp"
#include "app/audit_verify_receipt.hpp"
#include "app/failure.hpp"
#include "app/standard_output.hpp"
#include "base/error.hpp"
#include "sqlite/connection.hpp"

namespace assay::app {

namespace {

void require_content(std::string_view name, std::string_view value) {
  if (value.empty()) throw WrongUsage(fmt::format("{} is empty; is it a variable of the shell that is not set?", name));
}

/// An empty value must not turn one verification into another.
void require_content(const VerifyOptions& options) {
  if (options.receipt) require_content("FILE", *options.receipt);
  if (options.url) require_content("--url", *options.url);
  if (options.save) require_content("--save", *options.save);
  if (options.key_file) require_content("--key-file", *options.key_file);
  for (const auto& key : options.keys) require_content("--key", key);
  for (const auto& checkpoint : options.checkpoints) require_content("--checkpoint", checkpoint);
}

void require_sense(const VerifyOptions& options) {
  require_content(options);
  const bool is_receipt = options.receipt.has_value();
  const bool is_log = options.url.has_value();
  if (is_receipt && is_log) throw WrongUsage("verify either the receipt in FILE or the log at --url");
  if ((is_receipt || is_log) && options.keys.empty()) {
    throw WrongUsage("--key is needed: the log's verifier key, as assay audit key prints it, or a file that holds it");
  }
  if (is_receipt && !options.checkpoints.empty())
    throw WrongUsage("a receipt has a checkpoint of its own: leave --checkpoint out");
  if (!is_log && options.save) throw WrongUsage("--save keeps the checkpoint that --url shows: give both");
  if (!is_log && options.key_file) throw WrongUsage("--key-file is for the log at --url: give both");
}

LogAddress address_of(const VerifyOptions& options) {
  LogAddress address{.url = *options.url, .key = std::nullopt};
  if (options.key_file) address.key = read_subscription_key(*options.key_file);
  return address;
}

int verify(const VerifyOptions& options) {
  require_sense(options);
  const auto keys = read_keys(options.keys);
  if (options.receipt) return verify_receipt_file(*options.receipt, keys);
  auto checkpoints = read_checkpoints(options.checkpoints);
  if (options.url) return verify_log(address_of(options), checkpoints, keys, options.save.value_or(""));
  return verify_register(options.data_directory,
                         {.head_file = options.head_file, .checkpoints = std::move(checkpoints), .keys = keys});
}

int end_with(const std::exception& error, int code) {
  print_failure(error);
  return code;
}

}  // namespace

int verify_audit(const std::function<VerifyOptions()>& read_options) {
  try {
    const int code = verify(read_options());
    // A fault stays one, whether or not it could be told.
    if (code == kVerified) require_output_written();
    return code;
  } catch (const WrongUsage& error) {
    return end_with(error, kWrongUsage);
  } catch (const sqlite::Error& error) {
    // A file that is damaged was changed by something, if only by the disk.
    return end_with(error, error.is_damage() ? kFaulty : kNotExamined);
  } catch (const std::exception& error) {
    return end_with(error, kNotExamined);
  }
}

}  // namespace assay::app
