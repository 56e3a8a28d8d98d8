#include "app/audit_verify.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "app/audit_verify_data.hpp"
#include "app/audit_verify_input.hpp"
#include "app/audit_verify_log.hpp"
#include "app/audit_verify_receipt.hpp"
#include "base/error.hpp"
#include "sqlite/connection.hpp"

namespace assay::app {

namespace {

void require_sense(const VerifyOptions& options) {
  const bool is_receipt = !options.receipt.empty();
  const bool is_log = !options.url.empty();
  if (is_receipt && is_log) throw WrongUsage("verify either the receipt in FILE or the log at --url");
  if ((is_receipt || is_log) && options.keys.empty()) {
    throw WrongUsage("--key is needed: the log's verifier key, as assay audit key prints it, or a file that holds it");
  }
  if (is_receipt && !options.checkpoints.empty())
    throw WrongUsage("a receipt has a checkpoint of its own: leave --checkpoint out");
  if (!is_log && !options.save.empty()) throw WrongUsage("--save keeps the checkpoint that --url shows: give both");
}

int verify(const VerifyOptions& options) {
  require_sense(options);
  const auto keys = read_keys(options.keys);
  if (!options.receipt.empty()) return verify_receipt_file(options.receipt, keys);
  auto checkpoints = read_checkpoints(options.checkpoints);
  if (!options.url.empty()) return verify_log(options.url, checkpoints, keys, options.save);
  return verify_register(options.data_directory,
                         {.head_file = options.head_file, .checkpoints = std::move(checkpoints), .keys = keys});
}

int refuse(std::string_view sentence, int code) {
  fmt::print(stderr, "assay: {}\n", sentence);
  return code;
}

}  // namespace

int verify_audit(const std::function<VerifyOptions()>& read_options) {
  try {
    return verify(read_options());
  } catch (const WrongUsage& error) {
    return refuse(error.what(), kWrongUsage);
  } catch (const sqlite::Error& error) {
    // A file that is damaged was changed by something, if only by the disk.
    return refuse(error.what(), error.is_damage() ? kFaulty : kNotExamined);
  } catch (const std::filesystem::filesystem_error& error) {
    return refuse(fmt::format("{}: {}; run it as the user that the register runs as", error.path1().string(),
                              error.code().message()),
                  kNotExamined);
  } catch (const std::exception& error) {
    return refuse(error.what(), kNotExamined);
  }
}

}  // namespace assay::app
