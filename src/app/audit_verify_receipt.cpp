#include "app/audit_verify_receipt.hpp"

#include <fmt/format.h>

#include <string_view>

#include "app/audit_verify_input.hpp"
#include "audit/receipt.hpp"
#include "base/json.hpp"

namespace assay::app {

namespace {

constexpr unsigned char kFirstPrintable = 0x20;
constexpr unsigned char kFirstBeyondAscii = 0x7f;

/// A text for a terminal: in quotes and escaped when it has more than printable characters of ASCII, such as those that
/// would steer the terminal.
std::string shown(const json::value& value) {
  if (!value.is_string()) return json::serialize(value);
  const std::string_view text = value.get_string();
  std::string quoted = "\"";
  bool is_plain = !text.empty();
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_printable = byte >= kFirstPrintable && byte < kFirstBeyondAscii;
    is_plain = is_plain && is_printable;
    quoted += is_printable ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return is_plain ? std::string(text) : quoted + '"';
}

void print_members(const json::object& object, const std::string& prefix) {
  for (const auto& [name, value] : object) {
    const auto path = prefix + std::string(name);
    if (value.is_object()) {
      print_members(value.get_object(), path + ".");
    } else {
      fmt::print("  {:<24} {}\n", shown(json::value(path)), shown(value));
    }
  }
}

int refuse(const Problem& problem) {
  print_line("Verdict", "not verified");
  print_fault(problem.detail);
  return kFaulty;
}

}  // namespace

int verify_receipt_file(const std::string& file, std::span<const merkle::VerifierKey> keys) {
  const auto receipt = audit::Receipt::parse(read_input(file));
  if (!receipt) return refuse(receipt.error());
  const auto checkpoint = audit::verify_receipt(*receipt, keys);
  if (!checkpoint) return refuse(checkpoint.error());
  print_line("Verdict", "verified: the log has this record");
  print_line("Log", checkpoint->origin);
  print_line("Index", fmt::format("{}, in a tree of {} records", receipt->proof.index, checkpoint->tree.size));
  print_line("Record", "");
  print_members(parse_json(receipt->document).value().as_object(), "");
  return kVerified;
}

}  // namespace assay::app
