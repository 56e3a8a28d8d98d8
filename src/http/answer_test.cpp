#include "http/answer.hpp"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

const Problem kProblem{.status = 404, .detail = "Patient \"x\" not found", .retry_after = std::chrono::seconds(3)};

Headers with(std::string_view name, std::string_view value) {
  Headers headers;
  headers.add(name, value);
  return headers;
}

Result<json::value> read(std::string body, std::string_view name = "X", std::string_view value = "") {
  Request request;
  request.headers.add(name, value);
  request.body = std::move(body);
  return read_json(request);
}

TEST(Answer, HasTheGatewaysForm) {
  const auto response = answer(kProblem, ErrorForm::kGateway, Headers());
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"statusCode":404,"message":"Patient \"x\" not found"})");
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(response.headers.find("Retry-After"), "3");
}

TEST(Answer, IsKeptByNoCache) {
  for (const bool as_problem_details : {false, true}) {
    EXPECT_EQ(answer(kProblem, ErrorForm::kService, as_problem_details).headers.find("Cache-Control"), "no-store");
  }
}

TEST(Answer, HasTheServicesForm) {
  EXPECT_EQ(answer(kProblem, ErrorForm::kService, Headers()).body, R"("Patient \"x\" not found")");
}

TEST(Answer, IsProblemDetailsWhereTheClientAsksForThem) {
  const auto headers = with("Accept", "text/html, Application/Problem+JSON;q=0.9");
  const auto response = answer(kProblem, ErrorForm::kGateway, headers);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Not Found","status":404,"detail":"Patient \"x\" not found"})");
  EXPECT_FALSE(wants_problem_details(with("Accept", "application/json")));
  for (const auto* weight : {"q=0", " q=0.000", "Q = 0.", "version=1;q=0"}) {
    EXPECT_FALSE(wants_problem_details(with("Accept", "application/problem+json;" + std::string(weight)))) << weight;
  }
  for (const auto* weight : {"q=1", "q=0.001", "q=0.5;version=0", "version=0"}) {
    EXPECT_TRUE(wants_problem_details(with("Accept", "application/problem+json;" + std::string(weight)))) << weight;
  }
}

TEST(ReadJson, TakesWhatTheReferencesClientsSend) {
  EXPECT_TRUE(read("{}").has_value());
  for (const auto* type : {"application/json", "APPLICATION/JSON; charset=UTF-8", "text/json;charset=\"utf-8\"",
                           "application/fhir+json; charset=us-ascii", "text/plain", "text/plain; q=1",
                           "application/x-www-form-urlencoded"}) {
    EXPECT_TRUE(read("{}", "Content-Type", type).has_value()) << type;
  }
  EXPECT_TRUE(read("{}", "Content-Encoding", "identity").has_value());
}

TEST(ReadJson, RefusesOtherTypesCharsetsAndEncodings) {
  for (const auto* type : {"application/xml", "text/html", "application/jsonx", "application/+json",
                           "application/json; charset=latin1", "text/plain; charset=utf-16"}) {
    const auto value = read("{}", "Content-Type", type);
    ASSERT_FALSE(value.has_value()) << type;
    EXPECT_EQ(value.error().status, 415) << type;
  }
  EXPECT_EQ(read("{}", "Content-Encoding", "gzip").error().status, 415);
}

TEST(ReadJson, TellsTheFaultsOfABody) {
  EXPECT_EQ(read("").error().detail, "A request body is required.");
  EXPECT_EQ(read("{").error().detail, "\"value\" must be of type object");
  EXPECT_EQ(read(R"({"a":1,"a":2})").error().detail, describe(JsonFault::kDuplicateKey));
  EXPECT_EQ(read("{").error().status, 400);
}

}  // namespace
}  // namespace assay::http
