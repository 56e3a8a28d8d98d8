#include "app/access_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.hpp"

namespace assay::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kHostile = "<script>alert(1)</script>\"'&,\x1b[31m\n=1";

constexpr std::string_view kId = "01a21126-2dba-7e71-be3c-8f06cb0e132a";
constexpr std::string_view kCheckpoint =
    "assay.internal/6f1d2c3b4a596877\n300\n/qg7IwXfAEYWPRq74R0cXoHBoKiAyLJh/ERINfbgatE=\n\n"
    "— assay.internal/6f1d2c3b4a596877 "
    "kflG0srvMWY5b5f+lQTmQNqNv1xcJmxKILYqKRVk4AK0M9ML+GqSOxQZgNDjV4tOtPYitk+WnreZFKGtg1DRgE/OSQc=\n";

json::object told(std::uint64_t number, std::string_view text) {
  return {{"sequence", number},
          {"index", 40 + number},
          {"record",
           {{"actor", {{"id", text}, {"kind", "subscription"}, {"name", text}}},
            {"asserted", {{"onBehalfOf", text}, {"purposeOfUse", text}}},
            {"createdDate", "2026-11-25T05:20:44.474Z"},
            {"id", kId},
            {"resource", {{"id", "x"}, {"operation", text}, {"type", text}}},
            {"sourceSystemName", "PatientTestApi"}}},
          {"proof", "/audit/01a21126-2dba-7e71-be3c-8f06cb0e132a/proof"}};
}

/// A record under an id of its own.
json::object told_as(std::uint64_t number, std::string_view type, std::string_view operation) {
  auto access = told(number, "x");
  const auto id = fmt::format("01a21126-2dba-7e71-be3c-{:012}", number);
  auto& record = access["record"].as_object();
  record["id"] = id;
  record["resource"] = {{"id", "x"}, {"operation", operation}, {"type", type}};
  access["proof"] = fmt::format("/audit/{}/proof", id);
  return access;
}

json::object told_ending(std::uint64_t number, std::uint64_t attempt, std::string_view outcome) {
  auto access = told_as(number, "patient", "find");
  auto& record = access["record"].as_object();
  record["outcome"] = outcome;
  record["outcomeOf"] = fmt::format("01a21126-2dba-7e71-be3c-{:012}", attempt);
  return access;
}

json::object told_erased(std::uint64_t number) {
  return {{"sequence", number}, {"index", 40 + number}, {"id", kId}, {"erased", true}};
}

AccessReport report_of(std::initializer_list<json::object> accesses) {
  AccessReport report;
  report.patient_id = "e0bac840-d6bb-4ae6-b0e4-576f189ae992";
  report.count = accesses.size();
  report.checkpoint = kCheckpoint;
  report.log = to_reported_log(kCheckpoint);
  for (const auto& access : accesses) report.accesses.push_back(to_reported(access));
  return report;
}

TEST(AccessReport, SaysInWordsWhoDidWhat) {
  auto record = told(1, "find");
  record["record"].as_object()["resource"] = {{"operation", "find"}, {"type", "patient"}};
  record["record"].as_object()["outcome"] = "not-found";
  const auto access = to_reported(record);
  EXPECT_EQ(access.when, "2026-11-25 05:20:44");
  EXPECT_EQ(access.who, "find");
  EXPECT_EQ(access.identity, "subscription find");
  EXPECT_EQ(access.how, "read your registration");
  EXPECT_EQ(access.ended, "found nothing");
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

TEST(AccessReport, TakesForAProofOnlyThatOfTheRecord) {
  for (const auto* proof : {"", "//evil.test/audit/01a21126-2dba-7e71-be3c-8f06cb0e132a/proof", "/patient/1/tests",
                            "/audit/01a21126-2dba-7e71-be3c-8f06cb0e132b/proof"}) {
    auto access = told(1, "find");
    access["proof"] = proof;
    EXPECT_THROW(to_reported(access), Refusal) << proof;
  }
  auto access = told(1, "find");
  access["record"].as_object()["id"] = "../../x";
  access["proof"] = "/audit/../../x/proof";
  EXPECT_THROW(to_reported(access), Refusal);
}

TEST(AccessReport, ReadsWhatACheckpointSays) {
  const auto log = to_reported_log(kCheckpoint);
  EXPECT_EQ(log.origin, "assay.internal/6f1d2c3b4a596877");
  EXPECT_EQ(log.size, 300);
  EXPECT_EQ(log.key_prefix, "assay.internal/6f1d2c3b4a596877+91f946d2+");
  EXPECT_THROW(to_reported_log(""), Refusal);
  EXPECT_THROW(to_reported_log(kCheckpoint.substr(0, kCheckpoint.find("—"))), Refusal);
  auto of_other = std::string(kCheckpoint);
  of_other.replace(of_other.find("— assay"), std::string_view("— assay").size(), "— other");
  EXPECT_THROW(to_reported_log(of_other), Refusal);
}

TEST(AccessReport, TellsAnAttemptAndItsEndAsOneAccess) {
  auto report = report_of({told_as(1, "patient", "create"), told_ending(2, 1, "failed"), told_ending(3, 1, "not-done"),
                           told_as(4, "patient", "find"), told_ending(5, 9, "not-found"), told_erased(6)});
  join_endings(report);
  ASSERT_EQ(report.accesses.size(), 4);
  ASSERT_EQ(report.accesses[0].endings.size(), 2);
  EXPECT_EQ(report.accesses[0].endings[1].ended, "not done");
  EXPECT_EQ(report.accesses[2].ended, "found nothing");
  EXPECT_THAT(to_text(report), HasSubstr("4 accesses in 6 records, oldest first"));
  EXPECT_THAT(to_text(report), HasSubstr("    ended         in an error\n"
                                         "                  2 of 6, index 42 in the log, 2026-11-25 05:20:44\n"
                                         "    proof         /audit/01a21126-2dba-7e71-be3c-000000000002/proof\n"));
  const auto page = to_html(report);
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">1, 2, 3</th>"));
  EXPECT_THAT(page, HasSubstr("<br>ended: <bdi>in an error</bdi><br>ended: <bdi>not done</bdi>"));
  EXPECT_THAT(page, HasSubstr("<td>41, 42, 43</td>"));
  EXPECT_THAT(page, HasSubstr("href=\"/audit/01a21126-2dba-7e71-be3c-000000000003/proof\""));
}

TEST(AccessReport, CountsOneAsOne) {
  const auto report = report_of({told(1, "a")});
  EXPECT_THAT(to_text(report), HasSubstr("1 access in 1 record, oldest first"));
  EXPECT_THAT(to_html(report), HasSubstr(": 1 access in 1 record, oldest first</caption>"));
  EXPECT_THAT(explain(report)[1], HasSubstr("1 of them is about this patient. Number 1 is here, with a proof"));
}

TEST(AccessReport, SaysWhatTheCountProvesAndWhatNot) {
  const auto report = report_of({told(1, "a"), told(2, "a")});
  const auto page = to_html(report);
  for (const auto* sentence :
       {"the log had 300 records; as the register says, 2 of them are about this patient. The numbers 1 to 2 are all",
        "has the proof of a record with a number above 2, or verifies the whole register",
        "The key begins with assay.internal/6f1d2c3b4a596877+91f946d2+ and must come from who runs the register"}) {
    EXPECT_THAT(page, HasSubstr(sentence));
  }
  EXPECT_THAT(to_text(report), HasSubstr("\nWhat could be missing is the end."));
}

TEST(AccessReport, SaysWhenItKnowsOfNoSuchPatient) {
  constexpr std::string_view kWarning = "This register knows of no patient with this id";
  const auto unknown = report_of({told_as(1, "audit", "read"), told_as(2, "audit", "search")});
  EXPECT_THAT(to_text(unknown), HasSubstr(kWarning));
  EXPECT_THAT(to_html(unknown), HasSubstr(kWarning));
  for (const auto& other : {told_as(2, "patient", "find"), told_erased(2)}) {
    EXPECT_THAT(to_text(report_of({told_as(1, "audit", "read"), other})), Not(HasSubstr(kWarning)));
  }
}

TEST(AccessReport, EscapesWhatHtmlGivesAMeaning) {
  const auto page = to_html(report_of({told(1, kHostile), told_erased(2)}));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;,\\x1b[31m\\x0a=1</bdi>"));
  EXPECT_THAT(page, HasSubstr("The content of this record was destroyed."));
}

TEST(AccessReport, GivesATerminalNothingToObey) {
  const auto text = to_text(report_of({told(1, kHostile), told(2,
                                                               "a\xc2\x9b"
                                                               "31mé")}));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(text, HasSubstr("for what      a\\u{9b}31mé\n"));
  EXPECT_THAT(text, HasSubstr("1 of 2, index 41 in the log\n"));
}

TEST(AccessReport, TurnsNoWritingAround) {
  auto report = report_of({told(1, "a\u202eb\u2066c\u2069d\u200fe\u2028f")});
  const auto end_of_text = report.checkpoint.find("\n\n");
  report.checkpoint.insert(end_of_text, "\nx\u202ey\u009b");
  constexpr std::string_view kShown = "a\\u{202e}b\\u{2066}c\\u{2069}d\\u{200f}e\\u{2028}f";
  for (const auto& shown : {to_text(report), to_html(report)}) {
    EXPECT_THAT(shown, HasSubstr(kShown));
    EXPECT_THAT(shown, HasSubstr("\nx\\u{202e}y\\u{9b}\n"));
    for (const auto* turning : {"\u202e", "\u2066", "\u2069", "\u200f", "\u2028", "\u009b"}) {
      EXPECT_THAT(shown, Not(HasSubstr(turning)));
    }
  }
}

}  // namespace
}  // namespace assay::app
