#include "gateway/operator_routes.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "gateway/testing.hpp"

namespace assay::gateway {
namespace {

using http::Method;
using testing::HasSubstr;

class OperatorTest : public testing::Test {
 protected:
  http::Response post(std::string target, std::string body = {}) {
    return gateway_.operate(Method::kPost, std::move(target), std::move(body));
  }
  json::value listed() { return parse_json(gateway_.operate(Method::kGet, "/subscriptions").body).value(); }
  int status_with(std::string_view key) {
    http::Request request;
    request.target = "/echo/resource";
    request.headers.add("Ocp-Apim-Subscription-Key", key);
    return gateway_.ask(std::move(request)).status;
  }

  TestGateway gateway_;
};

std::string text(const json::value& object, std::string_view member) {
  return std::string(object.at(member).as_string());
}

TEST_F(OperatorTest, MakesASubscriptionWhoseKeysOpenAtOnce) {
  const auto answer = post("/subscriptions", R"({"name":"North Laboratory"})");
  EXPECT_EQ(answer.status, 201);
  const auto made = parse_json(answer.body).value();
  EXPECT_EQ(text(made, "name"), "North Laboratory");
  EXPECT_NE(text(made, "primaryKey"), text(made, "secondaryKey"));
  EXPECT_EQ(status_with(text(made, "primaryKey")), 200);
  EXPECT_EQ(status_with(text(made, "secondaryKey")), 200);
}

TEST_F(OperatorTest, ListsStateScopesAndPrefixesButNoKey) {
  const auto key = gateway_.subscribe("laboratory", R"(["tests:read","admin"])");
  const auto list = listed();
  ASSERT_EQ(list.as_array().size(), 1U);
  const auto& entry = list.as_array()[0];
  EXPECT_EQ(text(entry, "name"), "laboratory");
  EXPECT_EQ(text(entry, "state"), "active");
  EXPECT_EQ(entry.at("scopes"), json::value({"tests:read", "admin"}));
  EXPECT_EQ(text(entry, "primaryKeyPrefix"), key.substr(0, 8));
  EXPECT_EQ(text(entry, "createdDate"), to_iso8601(gateway_.clock.now()));
  EXPECT_EQ(entry.as_object().size(), 6U);
}

TEST_F(OperatorTest, GivesTheUsualScopesWhenNoneAreNamed) {
  gateway_.subscribe("laboratory");
  EXPECT_EQ(listed().as_array()[0].at("scopes"),
            json::value({"patients:read", "patients:write", "tests:read", "tests:write"}));
}

TEST_F(OperatorTest, ReplacesOneKeyAndLeavesTheOther) {
  const auto made = parse_json(post("/subscriptions", R"({"name":"a b"})").body).value();
  for (const auto* which : {"primary", "secondary"}) {
    const auto answer = post("/subscriptions/a%20b/regenerate", fmt::format(R"({{"key":"{}"}})", which));
    EXPECT_EQ(answer.status, 200);
    const auto regenerated = parse_json(answer.body).value();
    EXPECT_EQ(text(regenerated, "name"), "a b");
    EXPECT_EQ(status_with(text(regenerated, "key")), 200);
    EXPECT_EQ(status_with(text(made, std::string(which) + "Key")), 401);
    EXPECT_EQ(status_with(text(made, "secondaryKey")), which == std::string_view("primary") ? 200 : 401);
  }
}

TEST_F(OperatorTest, SuspendsAndActivatesAtOnce) {
  const auto key = gateway_.subscribe("laboratory");
  EXPECT_EQ(post("/subscriptions/laboratory/suspend").status, 200);
  EXPECT_EQ(status_with(key), 401);
  EXPECT_EQ(text(listed().as_array()[0], "state"), "suspended");
  EXPECT_EQ(post("/subscriptions/laboratory/activate").status, 200);
  EXPECT_EQ(status_with(key), 200);
}

TEST_F(OperatorTest, DeletesForGood) {
  const auto key = gateway_.subscribe("laboratory");
  EXPECT_EQ(gateway_.operate(Method::kDelete, "/subscriptions/laboratory").status, 204);
  EXPECT_EQ(status_with(key), 401);
  EXPECT_TRUE(listed().as_array().empty());
}

TEST_F(OperatorTest, RefusesANameThatIsTakenOrUnknown) {
  gateway_.subscribe("laboratory");
  EXPECT_EQ(post("/subscriptions", R"({"name":"laboratory"})").status, 409);
  EXPECT_EQ(post("/subscriptions/nobody/suspend").status, 404);
  EXPECT_EQ(post("/subscriptions/nobody/activate").status, 404);
  EXPECT_EQ(post("/subscriptions/nobody/regenerate", R"({"key":"primary"})").status, 404);
  EXPECT_EQ(gateway_.operate(Method::kDelete, "/subscriptions/nobody").status, 404);
}

TEST_F(OperatorTest, RefusesAFaultyBodyWithASentence) {
  for (const auto* body : {"", "[]", "{}", R"({"name":1})", R"({"name":""})", R"({"name":"a","foo":1})",
                           R"({"name":"a","scopes":"admin"})", R"({"name":"a","scopes":[]})",
                           R"({"name":"a","scopes":["everything"]})", R"({"name":"a","scopes":[1]})"}) {
    const auto answer = post("/subscriptions", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr(R"("message":")"));
  }
  gateway_.subscribe("laboratory");
  for (const auto* body : {"", "{}", R"({"key":"third"})", R"({"key":1})", R"({"key":"primary","foo":1})"}) {
    EXPECT_EQ(post("/subscriptions/laboratory/regenerate", body).status, 400) << body;
  }
  EXPECT_TRUE(gateway_.store.reports.empty());
  EXPECT_EQ(gateway_.reporter.changes.size(), 1U);
}

TEST_F(OperatorTest, ReportsEachChangeUnderTheOperatorsNameAndForgetsItThen) {
  http::Request request;
  request.method = Method::kPost;
  request.target = "/subscriptions";
  request.body = R"({"name":"laboratory"})";
  request.context.trace = telemetry::TraceContext::begin(gateway_.random);
  request.context.principal =
      Principal{.kind = "operator", .id = "1000", .name = "anna", .on_behalf_of = {}, .purpose_of_use = {}};
  EXPECT_EQ(run(gateway_.service.handle_operator(request)).status, 201);
  post("/subscriptions/laboratory/suspend");
  post("/subscriptions/laboratory/activate");
  post("/subscriptions/laboratory/regenerate", R"({"key":"primary"})");
  post("/subscriptions/laboratory/regenerate", R"({"key":"secondary"})");
  gateway_.operate(Method::kDelete, "/subscriptions/laboratory");
  std::vector<std::string> operations;
  operations.reserve(gateway_.reporter.changes.size());
  for (const auto& change : gateway_.reporter.changes) operations.push_back(change.operation);
  EXPECT_THAT(operations, testing::ElementsAre("create", "suspend", "activate", "regenerate-primary",
                                               "regenerate-secondary", "delete"));
  const auto& created = gateway_.reporter.changes.at(0);
  EXPECT_EQ(created.subscription_name, "laboratory");
  EXPECT_EQ(created.actor, request.context.principal);
  EXPECT_EQ(created.operation_id, request.context.trace.operation_id());
  EXPECT_TRUE(gateway_.store.reports.empty());
}

TEST_F(OperatorTest, BeginsAnOperationForACommandThatHasNone) {
  post("/subscriptions", R"({"name":"laboratory"})");
  EXPECT_NE(gateway_.reporter.changes.at(0).operation_id, std::string(32, '0'));
  EXPECT_EQ(gateway_.reporter.changes.at(0).actor.kind, "operator");
}

TEST_F(OperatorTest, KeepsTheReportOfAChangeWhileTheRegisterIsAway) {
  gateway_.reporter.away = true;
  const auto key = gateway_.subscribe("laboratory");
  EXPECT_EQ(status_with(key), 200);
  ASSERT_EQ(gateway_.store.reports.size(), 1U);
  EXPECT_THROW(run(gateway_.service.start()), Unavailable);
  const auto waiting = gateway_.store.reports.at(0).record_id;
  gateway_.reporter.away = false;
  run(gateway_.service.start());
  ASSERT_EQ(gateway_.reporter.changes.size(), 1U);
  EXPECT_EQ(gateway_.reporter.changes.at(0).record_id, waiting);
  EXPECT_TRUE(gateway_.store.reports.empty());
}

TEST_F(OperatorTest, BringsAChangeIntoEffectBeforeItIsAnsweredThoughTheStoreIsBusy) {
  const auto key = gateway_.subscribe("laboratory");
  testing::internal::CaptureStderr();
  gateway_.store.refused_lists = 2;
  const auto answer = post("/subscriptions/laboratory/regenerate", R"({"key":"primary"})");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(status_with(key), 401);
  const auto made = text(parse_json(answer.body).value(), "key");
  EXPECT_EQ(status_with(made), 200);
  gateway_.store.refused_lists = 1;
  EXPECT_EQ(post("/subscriptions/laboratory/suspend").status, 200);
  EXPECT_EQ(status_with(made), 401);
  testing::internal::GetCapturedStderr();
}

TEST_F(OperatorTest, ReportsWhatWaitsBeforeTheNextChange) {
  gateway_.reporter.away = true;
  gateway_.subscribe("first");
  gateway_.reporter.away = false;
  gateway_.subscribe("second");
  ASSERT_EQ(gateway_.reporter.changes.size(), 2U);
  EXPECT_EQ(gateway_.reporter.changes.at(0).subscription_name, "first");
}

}  // namespace
}  // namespace assay::gateway
