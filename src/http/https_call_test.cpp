#include "http/https_call.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/error.hpp"
#include "http/scripted_service.hpp"

namespace assay::http {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

class HttpsCall : public ScriptedService {
 protected:
  HttpsRequest request_of(std::string_view target) const { return {.url = url() + std::string(target)}; }
};

TEST_F(HttpsCall, SendsWhatItIsGivenAndReadsTheAnswer) {
  auto response = respond(429, "wait");
  response.headers.add("Retry-After", "7");
  answer("PUT /a?b=c", response);
  auto request = request_of("/a?b=c");
  request.method = "PUT";
  request.headers.push_back({.name = "X-Vault-Token", .value = SensitiveText("s.token")});
  request.body = SensitiveText("body");
  const auto received = call(request, {});
  EXPECT_EQ(received.status, 429);
  EXPECT_EQ(received.body.reveal(), "wait");
  EXPECT_EQ(received.retry_after, std::chrono::seconds(7));
  EXPECT_EQ(last_request().body, "body");
  EXPECT_EQ(last_request().headers.find("X-Vault-Token"), "s.token");
}

TEST_F(HttpsCall, SendsABodyOfNothing) {
  answer("POST /a", 204);
  auto request = request_of("/a");
  request.method = "POST";
  request.body.emplace();
  EXPECT_EQ(call(request, {}).status, 204);
  EXPECT_EQ(last_request().headers.find("Content-Length"), "0");
}

TEST_F(HttpsCall, TakesAnAnswerUpToItsLimit) {
  answer("GET /a", 200, std::string(1'000, 'a'));
  EXPECT_EQ(call(request_of("/a"), {.answer_bytes = 1'000}).body.reveal().size(), 1'000);
  EXPECT_THROW(call(request_of("/a"), {.answer_bytes = 999}), AnswerTooLarge);
}

TEST_F(HttpsCall, FollowsNoRedirect) {
  auto response = respond(307, "");
  response.headers.add("Location", url() + "/elsewhere");
  answer("GET /a", response);
  EXPECT_EQ(call(request_of("/a"), {}).status, 307);
  EXPECT_THAT(asked(), testing::ElementsAre("GET /a"));
}

TEST_F(HttpsCall, AsksNoProxyOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  answer("GET /a", 200);
  EXPECT_EQ(call(request_of("/a"), {}).status, 200);
  ::unsetenv("http_proxy");
}

TEST_F(HttpsCall, IsUnavailableWhenNobodyListensOrAnswers) {
  const HttpsRequest nobody{.url = "http://127.0.0.1:1/v1/x?y"};
  EXPECT_THAT([&] { call(nobody, {}); }, ThrowsMessage<Unavailable>(AllOf(
                                             HasSubstr("http://127.0.0.1:1 can't be reached"), Not(HasSubstr("v1")))));
  // The kernel takes the connection, and nobody reads from it.
  boost::asio::io_context context;
  const boost::asio::ip::tcp::acceptor silent(context, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const HttpsRequest hanging{.url = fmt::format("http://127.0.0.1:{}/", silent.local_endpoint().port())};
  EXPECT_THAT([&] { call(hanging, {.timeout = std::chrono::milliseconds(50)}); },
              ThrowsMessage<Unavailable>(HasSubstr("imeout")));
}

TEST_F(HttpsCall, RefusesAHeaderThatWouldBeTwo) {
  auto request = request_of("/a");
  request.headers.push_back({.name = "X-Vault-Token", .value = SensitiveText("s.secret\r\nX-Forged: b")});
  EXPECT_THAT([&] { call(request, {}); },
              ThrowsMessage<Refusal>(AllOf(HasSubstr("X-Vault-Token"), Not(HasSubstr("s.secret")))));
  EXPECT_TRUE(asked().empty());
}

TEST(Origin, IsSchemeHostAndPort) {
  EXPECT_EQ(origin_of("https://vault.example:8200/v1/secret?x=y"), "https://vault.example:8200");
  EXPECT_EQ(origin_of("http://[::1]:8200"), "http://[::1]:8200");
  for (const auto* url :
       {"", "vault.example:8200", "ftp://vault.example", "https://", "https:///v1", "file:///etc/passwd"}) {
    EXPECT_THROW(origin_of(url), Refusal) << url;
  }
  EXPECT_THAT([] { origin_of("https://me:secret@vault.example"); },
              ThrowsMessage<Refusal>(AllOf(HasSubstr("vault.example"), Not(HasSubstr("secret")))));
}

TEST(WithoutDefaultPort, TakesAwayThatOfHttpsAlone) {
  EXPECT_EQ(without_default_port("https://a.vault.azure.net:443/secrets?x=:443/"),
            "https://a.vault.azure.net/secrets?x=:443/");
  for (const auto* url : {"https://a/secrets", "https://a:8443/secrets", "http://a:443/secrets", "https://a:443", ""}) {
    EXPECT_EQ(without_default_port(url), url);
  }
}

}  // namespace
}  // namespace assay::http
