#include "patients/import_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/text.hpp"

namespace assay::patients {

namespace {

Result<ImportedLine> read_line(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return fail(400, std::string(describe(value.error())));
  return validate_import(*value);
}

/// Why a document was refused; nothing for one that wasn't.
std::optional<std::string_view> refusal_of(ImportResult result) {
  switch (result) {
    case ImportResult::kConflict:
      return "A document with this id exists with other content.";
    case ImportResult::kNoSuchPatient:
      return "The patient of the test does not exist.";
    case ImportResult::kCreated:
    case ImportResult::kSkipped:
    case ImportResult::kLeftOut:
      break;
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<ImportLine>> read_import(std::string_view body) {
  std::vector<ImportLine> lines;
  std::size_t documents = 0;
  for (std::size_t number = 1; !body.empty(); ++number) {
    auto text = http::take_until(body, '\n');
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (http::trim(text).empty()) continue;
    lines.push_back({.number = number, .content = read_line(text)});
    const auto& content = lines.back().content;
    documents += content ? content->documents() : 1;
    if (documents > kLargestImport) {
      return fail(400, fmt::format("An import may hold at most {} documents.", kLargestImport));
    }
  }
  return lines;
}

LineReport report_on(std::size_t number, std::span<const ImportResult> results) {
  for (const auto result : results) {
    if (const auto reason = refusal_of(result)) {
      return {.number = number, .status = "refused", .reason = std::string(*reason)};
    }
  }
  if (std::ranges::find(results, ImportResult::kLeftOut) != results.end()) {
    return {.number = number, .status = "refused", .reason = "Another document of the patient was refused."};
  }
  const bool skipped =
      std::ranges::all_of(results, [](ImportResult result) { return result == ImportResult::kSkipped; });
  return {.number = number, .status = skipped ? "skipped" : "created", .reason = {}};
}

std::string to_json(const std::vector<LineReport>& reports) {
  std::string out = "[";
  for (const auto& report : reports) {
    if (out.size() > 1) out.push_back(',');
    out += fmt::format(R"({{"line":{},"status":"{}")", report.number, report.status);
    if (!report.reason.empty()) {
      out += ",\"reason\":";
      append_json_string(out, report.reason);
    }
    out.push_back('}');
  }
  out.push_back(']');
  return out;
}

}  // namespace assay::patients
