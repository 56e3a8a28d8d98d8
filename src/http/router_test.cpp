#include "http/router.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <future>

namespace assay::http {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Answers with its name and what stands for the parameters.
Action named(std::string name) {
  return [name](Request request) -> Awaitable<Result<Response>> {
    return [](std::string text, Request received) -> Awaitable<Result<Response>> {
      for (const auto& value : received.path_parameters) text += "|" + value;
      co_return respond(200, text);
    }(name, std::move(request));
  };
}

template <class Exception>
Action throwing(std::string text) {
  return [text](Request) -> Awaitable<Result<Response>> { throw Exception(text); };
}

class RouterTest : public testing::Test {
 protected:
  Response ask(Method method, std::string target, std::string_view accept = "*/*") {
    Request request;
    request.method = method;
    request.target = std::move(target);
    request.headers.add("Accept", accept);
    boost::asio::io_context context;
    std::optional<Response> response;
    boost::asio::co_spawn(context, router_.handle(std::move(request)),
                          [&](const std::exception_ptr& failure, Response answered) {
                            if (!failure) response = std::move(answered);
                          });
    context.run();
    return response.value();
  }

  telemetry::Log log_{"test"};
  telemetry::Metrics metrics_;
  Router router_{"test", ErrorForm::kGateway, log_, metrics_};
};

TEST_F(RouterTest, LiteralSegmentsWinWithinTheirMethod) {
  router_.add(Method::kPost, "/patient/{id}", named("one"));
  router_.add(Method::kPost, "/patient/search", named("search"));
  router_.add(Method::kGet, "/patient/{id}", named("load"));
  EXPECT_EQ(ask(Method::kPost, "/patient/search").body, "search");
  EXPECT_EQ(ask(Method::kPost, "/patient/x").body, "one|x");
  EXPECT_EQ(ask(Method::kGet, "/patient/search").body, "load|search");
}

TEST_F(RouterTest, IgnoresOneTrailingSlashAndNoDoubleOnes) {
  router_.add(Method::kGet, "/a/{b}", named("a"));
  EXPECT_EQ(ask(Method::kGet, "/a/x/").body, "a|x");
  EXPECT_EQ(ask(Method::kGet, "/a/x?q=/").body, "a|x");
  for (const auto* target : {"/a/x//", "/a//x", "//a/x", "/a/", "/a//", "/A/x", "/"}) {
    EXPECT_EQ(ask(Method::kGet, target).status, 404) << target;
  }
}

TEST_F(RouterTest, TakesTheRestOfAPathInOnePiece) {
  router_.add(Method::kGet, "/log/{path...}", named("rest"));
  router_.add(Method::kGet, "/log/checkpoint", named("checkpoint"));
  EXPECT_EQ(ask(Method::kGet, "/log/tile/0/x001/234.p/5").body, "rest|tile/0/x001/234.p/5");
  EXPECT_EQ(ask(Method::kGet, "/log/one").body, "rest|one");
  EXPECT_EQ(ask(Method::kGet, "/log/one/").body, "rest|one");
  EXPECT_EQ(ask(Method::kGet, "/log/checkpoint").body, "checkpoint");
  EXPECT_EQ(ask(Method::kGet, "/log/checkpoint/x").body, "rest|checkpoint/x");
  EXPECT_EQ(ask(Method::kGet, "/log").status, 404);
  EXPECT_EQ(ask(Method::kGet, "/log/").status, 404);
}

TEST_F(RouterTest, DecodesParametersAndHandsMalformedOnesOnAsSent) {
  router_.add(Method::kGet, "/a/{b}/{c}", named("a"));
  EXPECT_EQ(ask(Method::kGet, "/a/x%2Fy/%C3%A4").body, "a|x/y|\xc3\xa4");
  EXPECT_EQ(ask(Method::kGet, "/a/%zz/x%2Fy").body, "a|%zz|x/y");
  EXPECT_EQ(ask(Method::kGet, "/a/%00/%FF").body, "a|%00|%FF");
}

TEST_F(RouterTest, SaysWhatIsNotFoundInThePartsForm) {
  const auto response = ask(Method::kGet, "/none");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"statusCode":404,"message":"Resource not found"})");
  EXPECT_EQ(ask(Method::kGet, "/none", "application/problem+json").headers.find("Content-Type"),
            "application/problem+json");
}

TEST_F(RouterTest, SaysWhichMethodsAPathHas) {
  router_.add(Method::kPut, "/a/{b}", named("put"));
  router_.add(Method::kGet, "/a/{b}", named("get"));
  const auto response = ask(Method::kDelete, "/a/x");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.find("Allow"), "GET, HEAD, PUT");
  EXPECT_EQ(ask(Method::kHead, "/a/x").body, "get|x");
}

TEST_F(RouterTest, TurnsExceptionsIntoAnswersThatTellNothing) {
  router_.add(Method::kGet, "/away", throwing<Unavailable>("inner"));
  router_.add(Method::kGet, "/broken", throwing<std::runtime_error>("inner"));
  testing::internal::CaptureStderr();
  const auto away = ask(Method::kGet, "/away");
  const auto broken = ask(Method::kGet, "/broken");
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(away.headers.find("Retry-After"), "1");
  EXPECT_THAT(away.body, HasSubstr("Service temporarily unavailable."));
  EXPECT_EQ(broken.status, 500);
  EXPECT_THAT(broken.body, HasSubstr("Internal server error."));
  EXPECT_THAT(away.body + broken.body, Not(HasSubstr("inner")));
  EXPECT_THAT(log, HasSubstr("inner"));
  EXPECT_THAT(log, HasSubstr("trace_id"));
}

TEST_F(RouterTest, CountsByTemplateAndNeverByPath) {
  router_.add(Method::kGet, "/patient/{id}", named("load"));
  ask(Method::kGet, "/patient/secret");
  ask(Method::kGet, "/unknown");
  const auto exposed = metrics_.expose();
  EXPECT_THAT(
      exposed,
      HasSubstr(R"(http_request_method="GET",http_response_status_code="200",http_route="/patient/{id}",part="test")"));
  EXPECT_THAT(exposed, HasSubstr(R"(http_response_status_code="404",http_route="unmatched")"));
  EXPECT_THAT(exposed, Not(HasSubstr("secret")));
  EXPECT_THAT(exposed, Not(HasSubstr("unknown")));
}

Awaitable<Result<Response>> hundred_bytes() { co_return respond(200, std::string(100, 'x')); }

TEST_F(RouterTest, CountsSizesAndWhatIsBeingServed) {
  router_.add(Method::kGet, "/patient/{id}", [this](const Request& /*request*/) {
    EXPECT_THAT(metrics_.expose(), HasSubstr("http_server_active_requests{part=\"test\"} 1\n"));
    return hundred_bytes();
  });
  ask(Method::kGet, "/patient/secret");
  const auto exposed = metrics_.expose();
  constexpr std::string_view kLabels = R"({http_request_method="GET",http_route="/patient/{id}",part="test"})";
  EXPECT_THAT(exposed, HasSubstr(fmt::format("http_server_request_body_size_bytes_count{} 1\n", kLabels)));
  EXPECT_THAT(exposed, HasSubstr(fmt::format("http_server_response_body_size_bytes_sum{} 100\n", kLabels)));
  EXPECT_THAT(exposed, HasSubstr("http_server_active_requests{part=\"test\"} 0\n"));
}

TEST_F(RouterTest, DescribesItsRoutesInTheirOrder) {
  router_.add(Method::kPost, "/b", named("b"));
  router_.add(Method::kGet, "/a/{x}", named("a"));
  EXPECT_THAT(router_.describe(), testing::ElementsAre("POST /b", "GET /a/{x}"));
}

}  // namespace
}  // namespace assay::http
