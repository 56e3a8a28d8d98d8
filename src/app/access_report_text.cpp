#include <fmt/format.h>

#include <algorithm>

#include "app/access_report.hpp"
#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kLineWidth = 80;

std::string line(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("    {:<13} {}\n", name, for_terminal(value));
}

std::string paragraph(std::string_view text) {
  std::string out = "\n";
  std::size_t width = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (width > 0 && width + 1 + word.size() > kLineWidth) {
      out.push_back('\n');
      width = 0;
    }
    if (width > 0) out.push_back(' ');
    out += for_terminal(word);
    width += (width > 0 ? 1 : 0) + word.size();
  }
  out.push_back('\n');
  return out;
}

std::string to_text(const ReportedAccess& access, std::uint64_t count) {
  auto text = fmt::format("\n{} of {}, index {} in the log\n", access.number, count, access.index);
  if (access.is_erased) return text + line("erased", "the content of this record was destroyed");
  text += line("when", access.when);
  text += line("who", access.who);
  text += line("known as", access.identity);
  text += line("on behalf of", access.on_behalf_of);
  text += line("did what", access.how);
  text += line("ended", access.ended);
  text += line("for what", access.purpose);
  text += line("proof", access.proof);
  for (const auto& ending : access.endings) {
    text += line("ended", ending.ended);
    text += line("", fmt::format("{} of {}, index {} in the log, {}", ending.number, count, ending.index, ending.when));
    text += line("proof", ending.proof);
  }
  return text;
}

}  // namespace

std::string to_text(const AccessReport& report) {
  auto text = fmt::format("Who accessed the data of patient {}\n{}, oldest first; times are in UTC\n",
                          for_terminal(report.patient_id), summarize(report));
  if (const auto warning = warn_of_unknown_patient(report); !warning.empty()) text += paragraph(warning);
  for (const auto& access : report.accesses) text += to_text(access, report.count);
  for (const auto& explanation : explain(report)) text += paragraph(explanation);
  text += fmt::format("\nThe checkpoint of the log {}:\n\n", for_terminal(report.log.origin));
  return text + visible_lines(report.checkpoint);
}

}  // namespace assay::app
