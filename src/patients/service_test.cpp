#include "patients/service.hpp"

#include <gmock/gmock.h>

#include <set>

#include "base/json.hpp"
#include "patients/service_fakes.hpp"

namespace assay::patients {
namespace {

using http::Method;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr std::string_view kPatientBody =
    R"({"firstName":"Ada","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234"})";
constexpr std::string_view kTestBody = R"({"performer":"Lab","orderReference":"R1","observations":[]})";
constexpr std::string_view kAbsent = "22222222-2222-4222-8222-222222222222";

std::string with_id(std::string_view id) {
  return R"({"id":")" + std::string(id) + R"(","lastName":"King",)" + std::string(kPatientBody.substr(1));
}

std::string import_line(std::string_view id, std::string_view test_id) {
  return R"({"patient":{"firstName":"A","gender":"male","dateOfBirth":"1980","postCode":"1234","id":")" +
         std::string(id) + R"(","lastUpdated":"2020-01-01"},"tests":[{"performer":"L","orderReference":"R",)" +
         R"("observations":[],"lastUpdated":"2020-01-01","id":")" + std::string(test_id) + "\"}]}\n";
}

OpenIntent open_update(const Uuid& id, std::uint64_t index) {
  return {.record_id = id,
          .index = index,
          .patient_id = id,
          .resource_type = "patient",
          .operation = "update",
          .resource_id = id.to_string()};
}

class ServiceTest : public testing::Test {
 protected:
  /// A patient with one test, made before the events that count.
  void SetUp() override {
    patient_ = id_in(bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody)));
    test_ = id_in(bench_.ask(Method::kPost, path("/tests"), std::string(kTestBody)));
    bench_.events.clear();
  }

  static std::string id_in(const http::Response& response) {
    return std::string(parse_json(response.body)->at("id").as_string());
  }
  std::string path(std::string_view rest = "") const { return "/api/patient/" + patient_ + std::string(rest); }

  /// Everything that the service does, each once.
  std::vector<http::Request> all_operations() const {
    const auto absent = "/api/patient/" + std::string(kAbsent);
    return {
        Bench::make_request(Method::kPost, "/api/patient", std::string(kPatientBody)),
        Bench::make_request(Method::kGet, path()),
        Bench::make_request(Method::kHead, path()),
        Bench::make_request(Method::kGet, absent),
        Bench::make_request(Method::kGet, "/api/patient/search"),
        Bench::make_request(Method::kPut, path(), with_id(patient_)),
        Bench::make_request(Method::kPut, absent, with_id(kAbsent)),
        Bench::make_request(Method::kPost, "/api/patient/search", "{}"),
        Bench::make_request(Method::kPost, path("/tests"), std::string(kTestBody)),
        Bench::make_request(Method::kGet, path("/tests/" + test_)),
        Bench::make_request(Method::kPost, "/api/import", import_line(kAbsent, patient_)),
    };
  }

  Bench bench_;
  std::string patient_;
  std::string test_;
};

TEST_F(ServiceTest, RecordsEachAttemptBeforeItTouchesTheStore) {
  bench_.store.import_results.assign(2, ImportResult::kCreated);
  for (auto& request : all_operations()) {
    bench_.events.clear();
    const auto target = std::string(http::to_string(request.method)) + " " + request.target;
    EXPECT_LT(bench_.ask(std::move(request)).status, 500) << target;
    ASSERT_FALSE(bench_.events.empty()) << target;
    EXPECT_THAT(bench_.events.front(), HasSubstr("record ")) << target;
  }
}

TEST_F(ServiceTest, DoesNothingWithoutARecord) {
  bench_.access_log.away = true;
  const auto patients = bench_.store.patients;
  for (auto& request : all_operations()) {
    const auto target = std::string(http::to_string(request.method)) + " " + request.target;
    const auto answer = bench_.ask(std::move(request));
    EXPECT_EQ(answer.status, 500) << target;
    EXPECT_EQ(answer.body, "\"Error creating audit log: the record could not be written.\"") << target;
    EXPECT_EQ(answer.headers.find("Retry-After"), "1") << target;
    EXPECT_FALSE(answer.headers.find("Audit-Record")) << target;
    EXPECT_THAT(bench_.events, IsEmpty()) << target;
  }
  EXPECT_EQ(bench_.store.patients, patients);
}

TEST_F(ServiceTest, ReadsOnlyIdsOfTestsBeforeTheRecord) {
  EXPECT_EQ(bench_.ask(Method::kGet, path("/tests")).status, 200);
  EXPECT_THAT(bench_.events, ElementsAre("list_tests", "record read", "load_tests"));
  EXPECT_EQ(bench_.access_log.records.back().resource_id, "[\"" + test_ + "\"]");
  bench_.events.clear();
  bench_.access_log.away = true;
  EXPECT_EQ(bench_.ask(Method::kGet, path("/tests")).status, 500);
  EXPECT_THAT(bench_.events, ElementsAre("list_tests"));
}

TEST_F(ServiceTest, NamesAThousandTestsARecordAndRecordsAllBeforeItReads) {
  const auto like = bench_.store.tests.front();
  for (int count = 1; count < 22'500; ++count) {
    bench_.store.tests.push_back(like);
    bench_.store.tests.back().id = Uuid::generate(bench_.random);
  }
  bench_.access_log.records.clear();
  bench_.store.loads_nothing = true;
  const auto answer = bench_.ask(Method::kGet, path("/tests"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(bench_.events.back(), "load_tests");
  const auto& records = bench_.access_log.records;
  ASSERT_EQ(records.size(), 23);
  EXPECT_EQ(bench_.events.size(), records.size() + 2);
  EXPECT_EQ(answer.headers.find("Audit-Record"), records[0].record_id.to_string() + "; index=0");
  std::set<std::string> named;
  for (const auto& record : records) {
    EXPECT_EQ(record.patient_id, like.patient_id);
    const auto ids = parse_json(record.resource_id).value();
    EXPECT_LE(ids.as_array().size(), 1000);
    for (const auto& id : ids.as_array()) named.emplace(id.as_string());
  }
  EXPECT_EQ(named.size(), bench_.store.tests.size());
}

TEST_F(ServiceTest, SaysOfAllRecordsThatALoadFailedThatWasNotRecordedWhole) {
  const auto like = bench_.store.tests.front();
  for (int count = 1; count < 30'000; ++count) bench_.store.tests.push_back(like);
  bench_.access_log.away_beyond = bench_.access_log.records.size() + 21;
  EXPECT_EQ(bench_.ask(Method::kGet, path("/tests")).status, 500);
  EXPECT_THAT(bench_.events, Not(Contains("load_tests")));
  EXPECT_EQ(std::ranges::count(bench_.events, "outcome failed"), 21);
}

TEST_F(ServiceTest, TakesNoDocumentThatCouldNotBeExported) {
  const std::string large(kLargestDocument, 'x');
  const auto patient = R"({"insuranceNumber":")" + large + "\"," + std::string(kPatientBody.substr(1));
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient", patient).status, 413);
  const auto test = R"({"performer":")" + large + R"(","orderReference":"R1","observations":[]})";
  EXPECT_EQ(bench_.ask(Method::kPost, path("/tests"), test).status, 413);
  EXPECT_THAT(bench_.events, IsEmpty());
}

TEST_F(ServiceTest, LeavesNoTraceOfWhatIsRefusedForItsForm) {
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient", "{}").status, 400);
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient").status, 400);
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient", with_id(kAbsent)).body, "\"Id unexpected.\"");
  EXPECT_EQ(bench_.ask(Method::kPut, path(), with_id(kAbsent)).body, "\"Inconsistent registration IDs\"");
  EXPECT_EQ(bench_.ask(Method::kPut, path(), std::string(kPatientBody)).body, "\"Inconsistent registration IDs\"");
  EXPECT_EQ(bench_.ask(Method::kPut, path(), with_id(patient_), {{"If-Match", "x"}}).status, 400);
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient/1/tests", std::string(kTestBody)).body,
            R"("\"patientId\" must be a valid GUID")");
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient/search?limit=0", "{}").status, 400);
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient/search?cursor=x", "{}").body,
            R"("\"cursor\" is not valid for this search")");
  EXPECT_THAT(bench_.events, IsEmpty());
}

TEST_F(ServiceTest, NamesWhoAsksForWhatInTheRecord) {
  const auto answer = bench_.ask(Method::kGet, path());
  const auto& record = bench_.access_log.records.back();
  EXPECT_EQ(record.resource_type, "patient");
  EXPECT_EQ(record.operation, "find");
  EXPECT_EQ(record.resource_id, patient_);
  EXPECT_EQ(record.patient_id, Uuid::parse(patient_));
  EXPECT_EQ(record.principal->id, "7");
  EXPECT_EQ(answer.headers.find("Audit-Record"),
            record.record_id.to_string() + "; index=" + std::to_string(bench_.access_log.records.size() - 1));
}

TEST_F(ServiceTest, RecordsAnIdThatIsNoUuidAsSent) {
  for (const auto* id : {"1", "search", "%C3%A9"}) {
    EXPECT_EQ(bench_.ask(Method::kGet, "/api/patient/" + std::string(id)).body, "\"Patient not found\"");
    EXPECT_EQ(bench_.access_log.records.back().resource_id, http::percent_decode(id));
    EXPECT_FALSE(bench_.access_log.records.back().patient_id);
  }
  EXPECT_EQ(bench_.ask(Method::kGet, "/api/patient/1/tests").status, 404);
  EXPECT_EQ(bench_.access_log.records.back().resource_id, "1");
  EXPECT_EQ(bench_.ask(Method::kGet, path("/tests/a\"b")).body, "\"Test not found.\"");
  EXPECT_EQ(bench_.access_log.records.back().resource_id, R"(["a\"b"])");
}

TEST_F(ServiceTest, TakesAnUpperCaseIdAsValidAndFindsNothing) {
  const std::string upper = "AAAAAAAA-1111-4111-8111-111111111111";
  EXPECT_EQ(bench_.ask(Method::kGet, "/api/patient/" + upper).status, 404);
  EXPECT_EQ(bench_.ask(Method::kPut, "/api/patient/" + upper, with_id(upper)).body, "\"Patient not found\"");
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient/" + upper + "/tests", std::string(kTestBody)).status, 404);
  EXPECT_EQ(bench_.ask(Method::kGet, "/api/patient/" + upper + "/tests").body, "[]");
  EXPECT_THAT(bench_.events, ElementsAre("record find", "outcome not-found", "record update", "outcome not-found",
                                         "record create", "outcome not-found", "record read"));
}

TEST_F(ServiceTest, SaysHowAnAttemptEndedOtherThanInSuccess) {
  const auto absent = "/api/patient/" + std::string(kAbsent);
  EXPECT_EQ(bench_.ask(Method::kGet, absent).status, 404);
  EXPECT_EQ(bench_.ask(Method::kPut, absent, with_id(kAbsent)).status, 404);
  EXPECT_EQ(bench_.ask(Method::kPut, path(), with_id(patient_), {{"If-Match", "\"x\""}}).status, 412);
  EXPECT_EQ(bench_.ask(Method::kPost, absent + "/tests", std::string(kTestBody)).body, "\"Patient not found\"");
  EXPECT_EQ(bench_.ask(Method::kGet, absent + "/tests/" + test_).body, "\"Test not found.\"");
  EXPECT_EQ(bench_.ask(Method::kGet, path(), {}, {{"If-None-Match", "*"}}).status, 304);
  std::vector<std::string> results;
  for (std::size_t i = 0; i < bench_.access_log.outcomes.size(); ++i) {
    const auto& [attempt, result] = bench_.access_log.outcomes[i];
    results.push_back(attempt.operation + " " + result);
    EXPECT_EQ(attempt.record_id, bench_.access_log.records[i + 2].record_id);
  }
  EXPECT_THAT(results, ElementsAre("find not-found", "update not-found", "update precondition-failed",
                                   "create not-found", "read not-found", "find not-modified"));
}

TEST_F(ServiceTest, NamesTheRecordAlsoWhereNothingWasFound) {
  const auto answer = bench_.ask(Method::kGet, "/api/patient/" + std::string(kAbsent));
  EXPECT_THAT(std::string(answer.headers.find("Audit-Record").value_or("")),
              MatchesRegex("[0-9a-f-]{36}; index=[0-9]+"));
}

TEST_F(ServiceTest, RecordsABrokenStoreAsFailedAndIsUnavailable) {
  bench_.store.broken = true;
  const auto answer = bench_.ask(Method::kGet, path());
  EXPECT_EQ(answer.status, 503);
  EXPECT_FALSE(answer.headers.find("Audit-Record"));
  EXPECT_THAT(bench_.events, ElementsAre("record find", "find_patient", "outcome failed"));
}

TEST_F(ServiceTest, AnswersTheMergedDocumentWithItsNewVersion) {
  const auto tag = std::string(bench_.ask(Method::kGet, path()).headers.find("ETag").value_or(""));
  const auto answer = bench_.ask(Method::kPut, path(), with_id(patient_), {{"If-Match", tag}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"firstName":"Ada","lastName":"King","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234",)"
            R"("id":")" +
                patient_ + R"(","lastUpdated":"2025-06-30T09:41:12.346Z"})");
  EXPECT_EQ(answer.headers.find("ETag"), "\"1751276472346\"");
}

TEST_F(ServiceTest, AnswersOneTestAsAnObjectAndAllAsAnArray) {
  const auto one = bench_.ask(Method::kGet, path("/tests/" + test_));
  EXPECT_TRUE(one.headers.find("ETag"));
  EXPECT_EQ(bench_.ask(Method::kGet, path("/tests/")).body, "[" + one.body + "]");
  EXPECT_EQ(bench_.ask(Method::kGet, "/api/patient/" + std::string(kAbsent) + "/tests").body, "[]");
  EXPECT_EQ(bench_.access_log.records.back().resource_id, "[]");
}

TEST_F(ServiceTest, HoldsTheMarkUntilAnOutcomeIsDurable) {
  const auto mark_of_next_write = [&] {
    bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody));
    return bench_.store.warrants.back().settled_below;
  };
  EXPECT_EQ(mark_of_next_write(), 2);
  bench_.ask(Method::kPut, "/api/patient/" + std::string(kAbsent), with_id(kAbsent));
  EXPECT_EQ(mark_of_next_write(), 3);
  bench_.access_log.make_outcomes_durable();
  EXPECT_EQ(mark_of_next_write(), 5);
}

TEST_F(ServiceTest, TellsTheRegisterHowOpenAttemptsEnded) {
  const auto done = Uuid::generate(bench_.random);
  const auto not_done = Uuid::generate(bench_.random);
  bench_.store.mark = 40;
  bench_.store.carried_out[done] = true;
  bench_.access_log.intents = {open_update(Uuid::generate(bench_.random), 39), open_update(done, 41),
                               open_update(not_done, 45)};
  bench_.access_log.end = 46;
  Bench::wait_for(bench_.service.settle_earlier_run());
  ASSERT_EQ(bench_.access_log.outcomes.size(), 2);
  EXPECT_EQ(bench_.access_log.outcomes[0].first.record_id, done);
  EXPECT_EQ(bench_.access_log.outcomes[0].second, "done");
  EXPECT_EQ(bench_.access_log.outcomes[1].first.resource_id, not_done.to_string());
  EXPECT_EQ(bench_.access_log.outcomes[1].second, "not-done");
  EXPECT_EQ(bench_.store.mark, 46);
}

TEST_F(ServiceTest, RefusesARegisterThatLostRecords) {
  bench_.store.mark = 40;
  bench_.access_log.end = 39;
  EXPECT_THROW(Bench::wait_for(bench_.service.settle_earlier_run()), Refusal);
}

TEST_F(ServiceTest, ReadsTheRegisterAStretchAtATime) {
  for (std::uint64_t i = 0; i < 2500; ++i) {
    bench_.access_log.intents.push_back(open_update(Uuid::generate(bench_.random), i * 3));
  }
  bench_.access_log.ended[7499] = bench_.access_log.intents.front().record_id;
  bench_.access_log.end = 7500;
  Bench::wait_for(bench_.service.settle_earlier_run());
  EXPECT_EQ(bench_.access_log.outcomes.size(), 2499);
}

TEST_F(ServiceTest, RaisesTheStoredMarkPastReads) {
  bench_.ask(Method::kGet, "/api/patient/" + std::string(kAbsent));
  Bench::wait_for(bench_.service.store_mark());
  EXPECT_EQ(bench_.store.mark, bench_.access_log.records.size());
}

TEST_F(ServiceTest, TellsAgainOfAnAttemptWhoseRecordGotLostOnTheWay) {
  const auto mark = bench_.access_log.records.size();
  bench_.access_log.loses_answers = true;
  EXPECT_EQ(bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody)).status, 500);
  bench_.access_log.loses_answers = false;
  const auto lost = bench_.access_log.records.back();
  bench_.access_log.away = true;
  EXPECT_THROW(Bench::wait_for(bench_.service.look_at_register()), Unavailable);
  bench_.access_log.away = false;
  bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody));
  EXPECT_EQ(bench_.store.warrants.back().settled_below, mark);
  Bench::wait_for(bench_.service.look_at_register());
  ASSERT_EQ(bench_.access_log.outcomes.size(), 1);
  EXPECT_EQ(bench_.access_log.outcomes[0].first.record_id, lost.record_id);
  EXPECT_EQ(bench_.access_log.outcomes[0].second, "not-done");
  bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody));
  EXPECT_GT(bench_.store.warrants.back().settled_below, mark);
  Bench::wait_for(bench_.service.look_at_register());
  EXPECT_EQ(bench_.access_log.outcomes.size(), 1);
}

TEST_F(ServiceTest, TellsAgainOfAnOutcomeThatGotLost) {
  bench_.ask(Method::kPut, "/api/patient/" + std::string(kAbsent), with_id(kAbsent));
  bench_.access_log.make_outcomes_durable(false);
  const auto mark = bench_.access_log.records.size() - 1;
  Bench::wait_for(bench_.service.store_mark());
  EXPECT_EQ(bench_.store.mark, mark);
  Bench::wait_for(bench_.service.look_at_register());
  ASSERT_EQ(bench_.access_log.outcomes.size(), 2);
  EXPECT_EQ(bench_.access_log.outcomes[1].second, "not-found");
  EXPECT_EQ(bench_.access_log.outcome_ids[1], bench_.access_log.outcome_ids[0]) << "so that it is recognised";
  Bench::wait_for(bench_.service.store_mark());
  EXPECT_EQ(bench_.store.mark, mark + 1);
}

TEST_F(ServiceTest, TellsAgainOfAnEarlierRunUnderTheSameIds) {
  bench_.access_log.intents = {open_update(Uuid::generate(bench_.random), 2)};
  bench_.access_log.end = 3;
  bench_.access_log.loses_answers = true;
  EXPECT_THROW(Bench::wait_for(bench_.service.settle_earlier_run()), OutcomeUnknown);
  bench_.access_log.loses_answers = false;
  Bench::wait_for(bench_.service.settle_earlier_run());
  ASSERT_EQ(bench_.access_log.outcome_ids.size(), 2);
  EXPECT_EQ(bench_.access_log.outcome_ids[1], bench_.access_log.outcome_ids[0]);
}

TEST_F(ServiceTest, FindsARegisterThatLostRecordsWhileItRuns) {
  EXPECT_NO_THROW(Bench::wait_for(bench_.service.look_at_register()));
  bench_.access_log.lost = 1;
  EXPECT_THROW(Bench::wait_for(bench_.service.look_at_register()), Refusal);
}

TEST_F(ServiceTest, IsNotMistakenAboutRecordsThatCameWhileItAsked) {
  bench_.access_log.while_asked = [&] { bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody)); };
  EXPECT_NO_THROW(Bench::wait_for(bench_.service.look_at_register()));
}

TEST_F(ServiceTest, SweepsWhatIsOlderThanADay) {
  Bench::wait_for(bench_.service.sweep());
  EXPECT_EQ(bench_.store.swept_before, bench_.clock.moment - std::chrono::hours(24));
}

}  // namespace
}  // namespace assay::patients
