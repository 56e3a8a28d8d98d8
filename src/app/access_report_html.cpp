#include <fmt/format.h>

#include "app/access_report.hpp"

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
body { font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #111; background: #fff }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; padding-bottom: .5rem }
th, td { border: 1px solid #767676; padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
thead th { background: #eee }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media print { body { margin: 0; max-width: none } thead { display: table-header-group } tr { break-inside: avoid } }
</style>
</head>
<body>
<main>
<h1>Who accessed your data</h1>
)";

constexpr std::string_view kTableHead =
    "<thead><tr><th scope=\"col\">No.</th><th scope=\"col\">When (UTC)</th><th scope=\"col\">Who</th>"
    "<th scope=\"col\">On behalf of</th><th scope=\"col\">Did what</th><th scope=\"col\">For what purpose</th>"
    "<th scope=\"col\">Index in the log</th><th scope=\"col\">Proof</th></tr></thead>\n";

std::string cell(std::string_view text) { return fmt::format("<td>{}</td>", escape_html(text)); }

std::string to_row(const ReportedAccess& access) {
  const auto number = fmt::format("<th scope=\"row\">{}</th>", access.number);
  if (access.is_erased) {
    return fmt::format(
        "<tr>{}<td colspan=\"5\">The content of this record was destroyed.</td><td>{}</td><td></td></tr>\n", number,
        access.index);
  }
  const auto proof = fmt::format("<td><a href=\"{}\">proof<span> of number {}</span></a></td>",
                                 escape_html(access.proof), access.number);
  return fmt::format("<tr>{}{}{}{}{}{}<td>{}</td>{}</tr>\n", number, cell(access.when), cell(access.who),
                     cell(access.on_behalf_of), cell(access.how), cell(access.purpose), access.index, proof);
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
  page += fmt::format("<table>\n<caption>Patient {}: {} accesses, oldest first</caption>\n",
                      escape_html(report.patient_id), report.count);
  page += kTableHead;
  page += "<tbody>\n";
  for (const auto& access : report.accesses) page += to_row(access);
  page += fmt::format(
      "</tbody>\n</table>\n<h2>What the log signed</h2>\n<p>When there were {} accesses, the log was as "
      "this signed checkpoint says:</p>\n<pre>{}</pre>\n</main>\n</body>\n</html>\n",
      report.count, escape_html(report.checkpoint));
  return page;
}

}  // namespace assay::app
