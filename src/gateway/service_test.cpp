#include "gateway/service.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "gateway/testing.hpp"

namespace assay::gateway {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kKeyHeader = "Ocp-Apim-Subscription-Key";
constexpr std::string_view kMissing =
    R"({"statusCode":401,"message":"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."})";
constexpr std::string_view kInvalid =
    R"({"statusCode":401,"message":"Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."})";

class GatewayTest : public testing::Test {
 protected:
  GatewayTest() { key_ = gateway_.subscribe("laboratory"); }

  http::Request request(Method method, std::string target) {
    http::Request made;
    made.method = method;
    made.target = std::move(target);
    made.context.trace = telemetry::TraceContext::begin(gateway_.random);
    return made;
  }
  http::Request with_key(Method method, std::string target, std::string_view key) {
    auto made = request(method, std::move(target));
    made.headers.add(kKeyHeader, key);
    return made;
  }
  http::Request with_key(Method method, std::string target) { return with_key(method, std::move(target), key_); }
  http::Response get(std::string target) { return gateway_.ask(with_key(Method::kGet, std::move(target))); }

  TestGateway gateway_;
  std::string key_;
};

struct Route {
  Method method;
  std::string path;
  std::string scope;  ///< empty: any key will do
};

const std::vector<Route>& routes() {
  using enum Method;
  static const std::vector<Route> kRoutes{{kPost, "/patient", "patients:write"},
                                          {kPost, "/patient/search", "patients:read"},
                                          {kGet, "/patient/1", "patients:read"},
                                          {kHead, "/patient/1", "patients:read"},
                                          {kGet, "/patient/search", "patients:read"},
                                          {kPut, "/patient/1", "patients:write"},
                                          {kPost, "/patient/1/tests", "tests:write"},
                                          {kGet, "/patient/1/tests", "tests:read"},
                                          {kGet, "/patient/1/tests/", "tests:read"},
                                          {kGet, "/patient/1/tests/2", "tests:read"},
                                          {kPost, "/import", "admin"},
                                          {kGet, "/echo/resource?param1=sample", ""}};
  return kRoutes;
}

TEST_F(GatewayTest, RefusesEveryRouteWithoutAKey) {
  for (const auto& route : routes()) {
    const auto answer = gateway_.ask(request(route.method, route.path));
    EXPECT_EQ(answer.status, 401) << route.path;
    EXPECT_EQ(answer.body, kMissing);
    EXPECT_EQ(answer.headers.find("WWW-Authenticate"),
              R"(AzureApiManagementKey realm="Assay",name="Ocp-Apim-Subscription-Key",type="header")");
  }
  EXPECT_FALSE(gateway_.arrived.has_value());
}

TEST_F(GatewayTest, RefusesEveryRouteWithAWrongKey) {
  for (const auto& route : routes()) {
    const auto answer = gateway_.ask(with_key(route.method, route.path, "wrong"));
    EXPECT_EQ(answer.status, 401) << route.path;
    EXPECT_EQ(answer.body, kInvalid);
    EXPECT_TRUE(answer.headers.find("WWW-Authenticate").has_value());
  }
  EXPECT_FALSE(gateway_.arrived.has_value());
}

TEST_F(GatewayTest, OpensEachRouteToItsScopeAlone) {
  for (const auto* scope : {"patients:read", "patients:write", "tests:read", "tests:write", "audit:read", "admin"}) {
    auto name = std::string("with ") + scope;
    std::ranges::replace(name, ':', '-');
    const auto key = gateway_.subscribe(name, fmt::format(R"(["{}"])", scope));
    for (const auto& route : routes()) {
      const auto answer = gateway_.ask(with_key(route.method, route.path, key));
      EXPECT_EQ(answer.status, route.scope.empty() || route.scope == scope ? 200 : 403) << scope << route.path;
      if (answer.status == 403) EXPECT_THAT(answer.body, HasSubstr("lacks the scope " + route.scope + "."));
    }
  }
}

TEST_F(GatewayTest, ReportsWhoWasRefusedForAScopeWithoutThePath) {
  const auto key = gateway_.subscribe("reader", R"(["tests:read"])");
  const auto asked = with_key(Method::kGet, "/patient/secret-id", key);
  EXPECT_EQ(gateway_.ask(asked).status, 403);
  ASSERT_EQ(gateway_.reporter.refusals.size(), 1U);
  const auto& refusal = gateway_.reporter.refusals[0];
  EXPECT_EQ(refusal.principal.kind, "subscription");
  EXPECT_EQ(refusal.principal.name, "reader");
  EXPECT_EQ(refusal.operation, "refuse GET /patient/{patientId}");
  EXPECT_EQ(refusal.operation_id, asked.context.trace.operation_id());
}

TEST_F(GatewayTest, CountsRefusalsByReason) {
  gateway_.ask(request(Method::kGet, "/patient/1"));
  gateway_.ask(with_key(Method::kGet, "/patient/1", "wrong"));
  gateway_.ask(with_key(Method::kPost, "/import"));
  const auto exposed = gateway_.metrics.expose();
  for (const auto* reason : {"missing_key", "invalid_key", "missing_scope"}) {
    EXPECT_THAT(exposed, HasSubstr(fmt::format("assay_gateway_refusals_total{{reason=\"{}\"}} 1\n", reason)));
  }
}

TEST_F(GatewayTest, HandsThePathOnAsSentWithoutTheKey) {
  auto asked = request(Method::kPost, "/patient/search/?limit=5&subscription-key=" + key_ + "&cursor=a%2Fb");
  asked.body = R"({"lastName":"x"})";
  EXPECT_EQ(gateway_.ask(asked).status, 200);
  EXPECT_EQ(gateway_.arrived->target, "/api/patient/search/?limit=5&cursor=a%2Fb");
  EXPECT_EQ(gateway_.arrived->method, Method::kPost);
  EXPECT_EQ(gateway_.arrived->body, asked.body);
  EXPECT_EQ(gateway_.arrived->context.trace, asked.context.trace);
}

TEST_F(GatewayTest, HandsOnOnlyTheHeadersThatTheServiceReads) {
  auto asked = with_key(Method::kPut, "/patient/1");
  for (const auto* name : {"Content-Type", "Content-Encoding", "accept", "If-Match", "If-None-Match", "Idempotency-Key",
                           "Host", "x-functions-key", "Assay-Principal", "Cookie", "Connection", "Authorization",
                           "X-Forwarded-For", "Assay-On-Behalf-Of", "Content-Length"}) {
    asked.headers.add(name, "v");
  }
  EXPECT_EQ(gateway_.ask(asked).status, 200);
  std::vector<std::string> names;
  names.reserve(gateway_.arrived->headers.size());
  for (std::size_t i = 0; i < gateway_.arrived->headers.size(); ++i) {
    names.emplace_back(gateway_.arrived->headers.at(i).first);
  }
  EXPECT_THAT(names, testing::ElementsAre("Content-Type", "Content-Encoding", "accept", "If-Match", "If-None-Match",
                                          "Idempotency-Key"));
}

TEST_F(GatewayTest, SaysWhoAsksAndWhatTheyAssert) {
  auto asked = with_key(Method::kGet, "/patient/1");
  asked.headers.add("Assay-On-Behalf-Of", "Dr. M\xc3\xbcller");
  asked.headers.add("Assay-Purpose-Of-Use", std::string(256, 'x'));
  EXPECT_EQ(gateway_.ask(asked).status, 200);
  const Principal expected{.kind = "subscription",
                           .id = gateway_.store.subscriptions[0].id.to_string(),
                           .name = "laboratory",
                           .on_behalf_of = "Dr. M\xc3\xbcller",
                           .purpose_of_use = std::string(256, 'x'),
                           .scope = "patients:read patients:write tests:read tests:write"};
  EXPECT_EQ(gateway_.arrived->context.principal, expected);
}

TEST_F(GatewayTest, TakesAPrincipalFromNobodyElse) {
  auto asked = with_key(Method::kGet, "/patient/1");
  asked.context.principal =
      Principal{.kind = "operator", .id = "x", .name = "x", .on_behalf_of = "x", .purpose_of_use = "x"};
  EXPECT_EQ(gateway_.ask(asked).status, 200);
  EXPECT_EQ(gateway_.arrived->context.principal->name, "laboratory");
  EXPECT_EQ(gateway_.arrived->context.principal->on_behalf_of, "");
}

TEST_F(GatewayTest, RefusesAssertionsThatAreTooLongNoTextOrGivenTwice) {
  for (const auto* name : {"Assay-On-Behalf-Of", "Assay-Purpose-Of-Use"}) {
    for (const auto& value :
         {std::string(257, 'x'), std::string("\xff\xfe"), std::string("a\tb"), std::string("\u009b")}) {
      auto asked = with_key(Method::kGet, "/patient/1");
      asked.headers.add(name, value);
      const auto answer = gateway_.ask(asked);
      EXPECT_EQ(answer.status, 400);
      EXPECT_THAT(answer.body, StartsWith(fmt::format(R"({{"statusCode":400,"message":"{} must be)", name)));
    }
    auto twice = with_key(Method::kGet, "/patient/1");
    twice.headers.add(name, "a");
    twice.headers.add(name, "b");
    EXPECT_EQ(gateway_.ask(twice).status, 400);
  }
  EXPECT_FALSE(gateway_.arrived.has_value());
}

TEST_F(GatewayTest, RefusesAKeyThatComesTwice) {
  auto asked = with_key(Method::kGet, "/patient/1");
  asked.headers.add(kKeyHeader, key_);
  EXPECT_EQ(gateway_.ask(asked).status, 401);
}

TEST_F(GatewayTest, PassesTheServicesAnswerThroughAsItIs) {
  gateway_.patients_answer = http::respond(404, "\"Patient not found\"");
  gateway_.patients_answer.headers.add("Audit-Record", "id; index=1");
  const auto answer = get("/patient/1");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "\"Patient not found\"");
  EXPECT_EQ(answer.headers.find("Audit-Record"), "id; index=1");
}

TEST_F(GatewayTest, Answers503InItsOwnFormWhenTheServiceIsAway) {
  gateway_.patients_away = true;
  const auto answer = get("/patient/1");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, StartsWith(R"({"statusCode":503,"message":)"));
}

TEST_F(GatewayTest, DoesNotBlameTheCallerWhenItsOwnHostKeyIsRefused) {
  gateway_.patients_answer = http::respond(401, "\"Access denied\"");
  const auto answer = get("/patient/1");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, Not(HasSubstr("Access denied")));
}

TEST_F(GatewayTest, AnswersTheEchoItself) {
  EXPECT_EQ(get("/echo/resource?param1=sample").status, 200);
  EXPECT_FALSE(gateway_.arrived.has_value());
}

TEST_F(GatewayTest, TellsWhetherTheRegisterIsUpWithoutAKey) {
  const auto up = gateway_.ask(request(Method::kGet, "/status"));
  EXPECT_EQ(up.status, 200);
  EXPECT_EQ(up.body, R"({"status":"up"})");
  gateway_.up = false;
  const auto down = gateway_.ask(request(Method::kGet, "/status"));
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(down.body, R"({"status":"down"})");
}

TEST_F(GatewayTest, IsDownWhileThePatientsServiceIsAwayAndAsksForThatOnceASecond) {
  gateway_.patients_away = true;
  EXPECT_EQ(gateway_.ask(request(Method::kGet, "/status")).status, 503);
  ASSERT_TRUE(gateway_.arrived.has_value());
  EXPECT_FALSE(gateway_.arrived->context.principal.has_value());
  gateway_.arrived.reset();
  EXPECT_EQ(gateway_.ask(request(Method::kGet, "/status")).status, 503);
  EXPECT_FALSE(gateway_.arrived.has_value());
}

TEST_F(GatewayTest, TellsThatThereIsNoSuchRouteWithoutAKey) {
  const auto answer = gateway_.ask(request(Method::kGet, "/nothing"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, R"({"statusCode":404,"message":"Resource not found"})");
  const auto other_method = gateway_.ask(request(Method::kDelete, "/patient"));
  EXPECT_EQ(other_method.status, 405);
  EXPECT_EQ(other_method.headers.find("Allow"), "POST");
}

TEST_F(GatewayTest, ShowsThePagesToCallersOnThisMachineOnly) {
  for (const auto* path : {"/docs", "/docs/", "/docs/docs.js", "/openapi.json"}) {
    auto asked = request(Method::kGet, path);
    const auto refused = gateway_.ask(asked);
    EXPECT_EQ(refused.status, 404);
    EXPECT_EQ(refused.body, R"({"statusCode":404,"message":"Resource not found"})");
    asked.context.from_loopback = true;
    EXPECT_EQ(gateway_.ask(asked).status, 200);
  }
}

TEST_F(GatewayTest, LetsThePageAskNobodyButThisProgram) {
  auto asked = request(Method::kGet, "/docs");
  asked.context.from_loopback = true;
  const auto page = gateway_.ask(asked);
  EXPECT_EQ(page.body, "<!doctype html>");
  EXPECT_EQ(page.headers.find("Content-Type"), "text/html; charset=utf-8");
  const auto policy = page.headers.find("Content-Security-Policy");
  ASSERT_TRUE(policy.has_value());
  EXPECT_THAT(*policy, StartsWith("default-src 'none'; script-src 'self';"));
  EXPECT_THAT(*policy, Not(HasSubstr("http")));
}

TEST_F(GatewayTest, SendsAPageOnceWhileItStaysTheSame) {
  auto asked = request(Method::kGet, "/openapi.json");
  asked.context.from_loopback = true;
  const auto tag = std::string(gateway_.ask(asked).headers.find("ETag").value());
  asked.headers.add("If-None-Match", tag);
  const auto again = gateway_.ask(asked);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  asked.headers.set("If-None-Match", "\"other\"");
  EXPECT_EQ(gateway_.ask(asked).status, 200);
}

}  // namespace
}  // namespace assay::gateway
