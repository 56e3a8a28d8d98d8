#include <fmt/format.h>

#include "app/access_report.hpp"

namespace assay::app {

namespace {

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

/// Two bytes that encode a control character of U+0080 to U+009F, which terminals obey too.
bool is_high_control(std::string_view text, std::size_t i) {
  return text[i] == '\xc2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_high = is_high_control(text, i);
    if (is_high || is_control(static_cast<unsigned char>(text[i]))) {
      out.push_back('?');
      if (is_high) ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string line(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("    {:<13} {}\n", name, printable(value));
}

std::string to_text(const ReportedAccess& access, std::uint64_t count) {
  auto text = fmt::format("\n{} of {}, index {} in the log\n", access.number, count, access.index);
  if (access.is_erased) return text + line("erased", "the content of this record was destroyed");
  text += line("when", access.when);
  text += line("who", access.who);
  text += line("on behalf of", access.on_behalf_of);
  text += line("did what", access.how);
  text += line("for what", access.purpose);
  text += line("proof", access.proof);
  return text;
}

}  // namespace

std::string to_text(const AccessReport& report) {
  auto text = fmt::format("Who accessed the data of patient {}\n{} accesses, oldest first; times are in UTC\n",
                          printable(report.patient_id), report.count);
  for (const auto& access : report.accesses) text += to_text(access, report.count);
  text += fmt::format("\nThe log signed this when there were {} accesses:\n\n{}", report.count, report.checkpoint);
  return text;
}

}  // namespace assay::app
