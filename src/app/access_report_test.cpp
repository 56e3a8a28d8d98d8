#include "app/access_report.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"

namespace assay::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kHostile = "<script>alert(1)</script>\"'&,\x1b[31m\n=1";

json::object told(std::uint64_t number, std::string_view text) {
  return {{"sequence", number},
          {"index", 40 + number},
          {"record",
           {{"actor", {{"id", text}, {"kind", "subscription"}, {"name", text}}},
            {"asserted", {{"onBehalfOf", text}, {"purposeOfUse", text}}},
            {"createdDate", "2026-11-25T05:20:44.474Z"},
            {"id", "01a21126-2dba-7e71-be3c-8f06cb0e132a"},
            {"resource", {{"id", "x"}, {"operation", text}, {"type", text}}},
            {"sourceSystemName", "PatientTestApi"}}},
          {"proof", "/audit/01a21126-2dba-7e71-be3c-8f06cb0e132a/proof"}};
}

json::object told_erased(std::uint64_t number) {
  return {
      {"sequence", number}, {"index", 40 + number}, {"id", "01a21126-2dba-7e71-be3c-8f06cb0e132a"}, {"erased", true}};
}

AccessReport report_of(std::initializer_list<json::object> accesses) {
  AccessReport report;
  report.patient_id = "e0bac840-d6bb-4ae6-b0e4-576f189ae992";
  report.count = accesses.size();
  report.checkpoint = "log/1\n9\nroot\n\n— log/1 <sig>\n";
  for (const auto& access : accesses) report.accesses.push_back(to_reported(access));
  return report;
}

TEST(AccessReport, SaysInWordsWhoDidWhat) {
  auto record = told(1, "find");
  record["record"].as_object()["resource"] = {{"operation", "find"}, {"type", "patient"}};
  record["record"].as_object()["outcome"] = "not-found";
  const auto access = to_reported(record);
  EXPECT_EQ(access.when, "2026-11-25 05:20:44 UTC");
  EXPECT_EQ(access.who, "find (subscription find)");
  EXPECT_EQ(access.how, "read your registration; ended: not-found");
  EXPECT_EQ(access.index, 41);
}

TEST(AccessReport, NamesWhatItHasNoWordsFor) { EXPECT_EQ(to_reported(told(1, "knit")).how, "knit knit"); }

TEST(AccessReport, IsCompleteOnlyWithEachNumberOnce) {
  require_complete(report_of({told(1, "a"), told_erased(2), told(3, "a")}));
  EXPECT_THROW(require_complete(report_of({told(1, "a"), told(3, "a")})), Refusal);
  EXPECT_THROW(require_complete(report_of({told(2, "a")})), Refusal);
  auto lacking = report_of({told(1, "a")});
  lacking.count = 2;
  EXPECT_THROW(require_complete(lacking), Refusal);
  auto surplus = report_of({told(1, "a"), told(2, "a")});
  surplus.count = 1;
  EXPECT_THROW(require_complete(surplus), Refusal);
}

TEST(AccessReport, EscapesWhatHtmlGivesAMeaning) {
  const auto page = to_html(report_of({told(1, kHostile), told_erased(2)}));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;,"));
  EXPECT_THAT(page, HasSubstr("— log/1 &lt;sig&gt;"));
  EXPECT_THAT(page, HasSubstr("The content of this record was destroyed."));
}

TEST(AccessReport, GivesATerminalNothingToObey) {
  const auto text = to_text(report_of({told(1, kHostile), told(2,
                                                               "a\xc2\x9b"
                                                               "31mé")}));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(text, HasSubstr("for what      a?31mé\n"));
  EXPECT_THAT(text, HasSubstr("1 of 2, index 41 in the log\n"));
}

}  // namespace
}  // namespace assay::app
