#include <gmock/gmock.h>

#include "base/json.hpp"
#include "patients/service_fakes.hpp"

namespace assay::patients {
namespace {

using http::Method;
using testing::ElementsAre;
using testing::EndsWith;

constexpr std::string_view kPatientBody =
    R"({"firstName":"Ada","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234"})";

class SearchRouteTest : public testing::Test {
 protected:
  void populate(int count) {
    for (int i = 0; i < count; ++i) bench_.ask(Method::kPost, "/api/patient", std::string(kPatientBody));
    bench_.events.clear();
    bench_.access_log.records.clear();
  }

  http::Response search(std::string_view query = "", std::string_view criteria = "{}") {
    return bench_.ask(Method::kPost, "/api/patient/search" + std::string(query), std::string(criteria));
  }

  /// The query of the page that follows.
  static std::string next(const http::Response& response) {
    const auto link = std::string(response.headers.find("Link").value_or(""));
    const auto begin = link.find('?');
    return link.substr(begin, link.find('>') - begin);
  }

  Bench bench_;
};

TEST_F(SearchRouteTest, RecordsTheCriteriaThenEachPatientBeforeTheAnswer) {
  populate(2);
  const auto answer = search("", R"({"postCode":"1234","gender":"female"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(bench_.events, ElementsAre("record search", "search", "record disclose", "record disclose"));
  const auto& records = bench_.access_log.records;
  EXPECT_EQ(records[0].resource_id, R"({"gender":"female","postCode":"1234"})");
  EXPECT_FALSE(records[0].patient_id);
  EXPECT_EQ(records[1].patient_id, bench_.store.patients[0].id);
  EXPECT_EQ(records[2].resource_id, bench_.store.patients[1].id.to_string());
  EXPECT_EQ(answer.headers.find("Audit-Record"), records[0].record_id.to_string() + "; index=0; disclosed=2");
}

TEST_F(SearchRouteTest, AnswersNobodyWhoseDisclosureCannotBeRecorded) {
  populate(2);
  bench_.access_log.away_for = "disclose";
  const auto answer = search();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "\"Error creating audit log: the record could not be written.\"");
  EXPECT_FALSE(answer.headers.find("Link"));
  EXPECT_THAT(bench_.events, ElementsAre("record search", "search", "outcome failed"));
}

TEST_F(SearchRouteTest, SaysThatNobodyWasFound) {
  const auto answer = search();
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "\"No patients found with provided criteria\"");
  EXPECT_THAT(bench_.events, ElementsAre("record search", "search", "outcome not-found"));
}

TEST_F(SearchRouteTest, LeadsFromPageToPageWithTheLimitThatWasAsked) {
  populate(4);
  const auto first = search("?limit=2");
  EXPECT_EQ(parse_json(first.body)->as_array().size(), 2);
  EXPECT_THAT(std::string(first.headers.find("Link").value_or("")), EndsWith("&limit=2>; rel=\"next\""));
  const auto second = search(next(first));
  EXPECT_EQ(parse_json(second.body)->as_array().size(), 2);
  const auto third = search(next(second));
  EXPECT_EQ(third.status, 200);
  EXPECT_EQ(third.body, "[]");
  EXPECT_FALSE(third.headers.find("Link"));
  EXPECT_THAT(std::string(third.headers.find("Audit-Record").value_or("")), EndsWith("; disclosed=0"));
}

TEST_F(SearchRouteTest, RefusesACursorOfOtherCriteria) {
  populate(2);
  const auto first = search("?limit=1");
  EXPECT_EQ(search(next(first), R"({"gender":"female"})").status, 400);
  EXPECT_EQ(search(next(first), " { } ").status, 200);
}

TEST_F(SearchRouteTest, HasAHundredAPageUnlessAsked) {
  populate(101);
  EXPECT_EQ(parse_json(search().body)->as_array().size(), 100);
  EXPECT_EQ(parse_json(search("?limit=1000").body)->as_array().size(), 101);
}

TEST_F(SearchRouteTest, RefusesCriteriaThatAreTooLargeForARecord) {
  const auto criteria = [](std::size_t size) {
    return R"({"lastName":"x","insuranceNumber":")" + std::string(size, 'x') + "\"}";
  };
  EXPECT_EQ(search("", criteria(200'000)).status, 404);
  bench_.events.clear();
  EXPECT_EQ(search("", criteria(300'000)).status, 413);
  EXPECT_TRUE(bench_.events.empty());
}

TEST_F(SearchRouteTest, RefusesALimitThatIsNone) {
  for (const auto* limit : {"0", "-1", "1001", "x", "", "1.5", "1e2", "99999999999999999999", "%2B5", "%205", "5x"}) {
    EXPECT_EQ(search("?limit=" + std::string(limit)).status, 400) << limit;
  }
}

}  // namespace
}  // namespace assay::patients
