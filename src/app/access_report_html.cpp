#include <fmt/format.h>

#include "app/access_report.hpp"
#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Who accessed your data</title>
<style>
@page { size: A4 landscape; margin: 12mm }
body { font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #111; background: #fff }
.wide { overflow-x: auto }
table { border-collapse: collapse; table-layout: fixed; width: 100%; min-width: 76rem; font-size: .9rem; line-height: 1.35 }
caption { text-align: left; padding-bottom: .5rem; font-size: 1rem }
th, td { box-sizing: border-box; border: 1px solid #767676; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th:nth-child(1) { width: 6% }
th:nth-child(2) { width: 14% }
th:nth-child(3) { width: 17% }
th:nth-child(4) { width: 13% }
th:nth-child(5) { width: 17% }
th:nth-child(6) { width: 11% }
th:nth-child(7) { width: 7% }
thead th { background: #eee }
small { font-size: .8em }
.when { white-space: nowrap }
p { max-width: 50rem }
.warning { border-left: .3rem solid #767676; padding-left: .7rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media print {
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0 }
  .wide { overflow: visible }
  table, caption { font-size: 8.5pt }
  table { min-width: 0 }
  thead { display: table-header-group }
  tr, p, pre { break-inside: avoid }
  h2 { break-after: avoid }
  a { color: inherit; text-decoration: none }
}
</style>
</head>
<body>
<main>
<h1>Who accessed your data</h1>
)";

constexpr std::string_view kTableHead =
    "<thead><tr><th scope=\"col\">No.</th><th scope=\"col\">When (UTC)</th><th scope=\"col\">Who</th>"
    "<th scope=\"col\">On behalf of</th><th scope=\"col\">Did what</th><th scope=\"col\">Purpose</th>"
    "<th scope=\"col\">Index</th><th scope=\"col\">Record and proof</th></tr></thead>\n";

/// A text that others wrote. Its own characters of direction must not end what isolates it from ours.
std::string foreign(std::string_view text) {
  return text.empty() ? "" : fmt::format("<bdi>{}</bdi>", escape_html(for_terminal(text)));
}

std::string cell(std::string_view text) { return fmt::format("<td>{}</td>", foreign(text)); }

std::string who_cell(const ReportedAccess& access) {
  const auto identity = access.identity.empty() ? "" : fmt::format("<br><small>{}</small>", foreign(access.identity));
  return fmt::format("<td>{}{}</td>", foreign(access.who), identity);
}

std::string how_cell(const ReportedAccess& access) {
  auto how = foreign(access.how);
  if (!access.ended.empty()) how += fmt::format("<br>ended: {}", foreign(access.ended));
  for (const auto& ending : access.endings) how += fmt::format("<br>ended: {}", foreign(ending.ended));
  return fmt::format("<td>{}</td>", how);
}

std::string link(const ReportedAccess& access) {
  return fmt::format("<small><a href=\"{}\">{}</a></small>", escape_html(access.link), escape_html(access.record_id));
}

std::string to_row(const ReportedAccess& access) {
  if (access.is_erased) {
    return fmt::format(
        "<tr><th scope=\"row\">{}</th><td colspan=\"5\">The content of this record was destroyed.</td><td>{}</td>"
        "<td></td></tr>\n",
        access.number, access.index);
  }
  auto numbers = fmt::to_string(access.number);
  auto indexes = fmt::to_string(access.index);
  auto links = link(access);
  for (const auto& ending : access.endings) {
    numbers += fmt::format(", {}", ending.number);
    indexes += fmt::format(", {}", ending.index);
    links += fmt::format("<br>{}", link(ending));
  }
  return fmt::format("<tr><th scope=\"row\">{}</th><td class=\"when\">{}</td>{}{}{}{}<td>{}</td><td>{}</td></tr>\n",
                     numbers, foreign(access.when), who_cell(access), cell(access.on_behalf_of), how_cell(access),
                     cell(access.purpose), indexes, links);
}

std::string to_table(const AccessReport& report) {
  auto table =
      fmt::format("<div class=\"wide\" tabindex=\"0\">\n<table>\n<caption>Patient {}: {}, oldest first</caption>\n",
                  escape_html(report.patient_id), summarize(report));
  table += kTableHead;
  table += "<tbody>\n";
  for (const auto& access : report.accesses) table += to_row(access);
  return table + "</tbody>\n</table>\n</div>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string to_html(const AccessReport& report) {
  std::string page(kHead);
  if (const auto warning = warn_of_unknown_patient(report); !warning.empty()) {
    page += fmt::format("<p class=\"warning\">{}</p>\n", escape_html(warning));
  }
  page += to_table(report);
  page += "<h2>What this shows, and what it can't</h2>\n";
  for (const auto& explanation : explain(report)) {
    page += fmt::format("<p>{}</p>\n", escape_html(for_terminal(explanation)));
  }
  page += fmt::format("<h2>The checkpoint of the log</h2>\n<pre>{}</pre>\n</main>\n</body>\n</html>\n",
                      escape_html(visible_lines(report.checkpoint)));
  return page;
}

}  // namespace assay::app
