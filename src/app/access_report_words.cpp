#include <fmt/format.h>

#include <algorithm>

#include "app/access_report.hpp"
#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

std::string count_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string explain_count(const AccessReport& report) {
  const auto all =
      report.count == 1 ? "Number 1 is here" : fmt::format("The numbers 1 to {} are all here", report.count);
  return fmt::format(
      "The register numbers the records about each patient 1, 2, 3, … and the number is part of the record. At the "
      "checkpoint below the log had {}; as the register says, {} of them {} about this patient. {}, with a proof "
      "unless "
      "the content was destroyed, so none is missing between the first and the last.",
      count_of(report.log.size, "record", "records"), report.count, report.count == 1 ? "is" : "are", all);
}

std::string explain_tail(const AccessReport& report) {
  return fmt::format(
      "What could be missing is the end. The checkpoint signs the records, but not how many of them are about a "
      "patient: a register that kept the newest back would not contradict it. Later it would be found by whoever has "
      "the "
      "proof of a record with a number above {}, or verifies the whole register with 'assay audit verify'. Accesses "
      "after this report are not in it.",
      report.count);
}

std::string explain_key(const AccessReport& report) {
  return fmt::format(
      "No signature was checked for this report. Check the proofs with the log's verifier key: 'assay audit verify "
      "PROOF "
      "--key KEY', or a program of others. The key begins with {} and must come from who runs the register, on a way "
      "that you trust, not with this report.",
      report.log.key_prefix);
}

}  // namespace

std::string summarize(const AccessReport& report) {
  return fmt::format("{} in {}", count_of(report.accesses.size(), "access", "accesses"),
                     count_of(report.count, "record", "records"));
}

std::string warn_of_unknown_patient(const AccessReport& report) {
  if (!std::ranges::all_of(report.accesses, &ReportedAccess::is_of_records)) return "";
  return "This register knows of no patient with this id: nobody has created, looked up or changed one. It has records "
         "of readings of this list alone, such as for this report. Is the id right?";
}

std::vector<std::string> explain(const AccessReport& report) {
  return {
      "A record is stored before the access that it tells of. Where nothing is said of an end, the access succeeded. "
      "On whose behalf and for what purpose is what the caller said.",
      explain_count(report), explain_tail(report), explain_key(report)};
}

std::string visible_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    out += for_terminal(line);
    out.push_back('\n');
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return out;
}

}  // namespace assay::app
