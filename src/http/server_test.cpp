#include "http/server.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <future>

#include "base/resumption.hpp"
#include "http/loopback_test.hpp"

namespace assay::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kLastGet = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

class ServerTest : public LoopbackTest {
 protected:
  /// What the server sends for this until it closes.
  static std::string ask(const Server& server, std::string_view text) {
    RawClient client(server.address());
    client.send(text);
    return client.read_to_end();
  }
};

TEST_F(ServerTest, FramesAnAnswer) {
  const auto server = serve(echo);
  const auto answer = ask(*server,
                          "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                          "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr(" GMT\r\nContent-Length: 11\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-"));
  EXPECT_THAT(answer, Not(HasSubstr("b7ad6b7169203331")));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /last ;"));
}

TEST_F(ServerTest, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  const auto server = serve(echo);
  RawClient client(server->address());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP");
  EXPECT_THAT(client.read_through(";"), EndsWith("GET /1 ;"));
  EXPECT_THAT(client.read_through(";"), EndsWith("POST /2 abc;"));
  client.send("/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.read_through(";"), EndsWith("GET /3 ;"));
  client.send(kLastGet);
  EXPECT_THAT(client.read_to_end(), EndsWith("GET /last ;"));
}

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
  const auto server = serve(echo);
  RawClient client(server->address());
  const std::string text =
      "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char c : text) client.send({&c, 1});
  EXPECT_THAT(client.read_to_end(), EndsWith("POST /a abc;"));
}

TEST_F(ServerTest, TakesABodyLargerThanItsBuffer) {
  const auto server = serve(echo);
  const std::string body(1'000'000, 'x');
  const auto answer =
      ask(*server, "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n" + body);
  EXPECT_THAT(answer, EndsWith(body + ";"));
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAndWithoutTheBody) {
  const auto server = serve(echo);
  const auto answer = ask(*server, "HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 9\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, SendsNoBodyWhereTheStatusHasNone) {
  const auto server = serve([](Request) -> Awaitable<Response> { co_return respond(304, "body"); });
  EXPECT_THAT(ask(*server, kLastGet), EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, NoFieldOfAnAnswerEndsItsLine) {
  const auto server = serve([](Request) -> Awaitable<Response> {
    auto response = respond(200, "");
    response.headers.add("Location", "/a\r\nX-Forged: 1");
    co_return response;
  });
  EXPECT_THAT(ask(*server, kLastGet), HasSubstr("\r\nLocation: /a  X-Forged: 1\r\n"));
}

TEST_F(ServerTest, ClosesAfterHttp10) {
  const auto server = serve(echo);
  EXPECT_THAT(ask(*server, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, RefusesWhatItCannotReadInItsFormAndCloses) {
  const auto server = serve(echo);
  const auto answer = ask(*server, "GET /a HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\ntraceparent: 00-"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n\"There must be exactly one Host header.\""));
  EXPECT_THAT(ask(*server, "\x16\x03\x01\x02 GET"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(metrics_.expose(),
              HasSubstr("http_server_refused_messages_total{http_response_status_code=\"400\",part=\"test\"} 2"));
}

TEST_F(ServerTest, TellsTheClientThatStillSendsThatItsBodyIsTooLarge) {
  const auto server = serve(echo, {.body_bytes = 1000});
  const auto answer =
      ask(*server, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, TellsTheClientThatItsHeaderIsTooLarge) {
  const auto server = serve(echo);
  EXPECT_THAT(ask(*server, "GET /" + std::string(40'000, 'a')), StartsWith("HTTP/1.1 431 "));
}

TEST_F(ServerTest, ContinuesWhereTheClientWaitsForIt) {
  const auto server = serve(echo);
  RawClient client(server->address());
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_through("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("a");
  client.send("bc");
  EXPECT_THAT(client.read_to_end(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("POST /a abc;")));
}

TEST_F(ServerTest, CutsOffSlowSenders) {
  const auto server = serve(echo, {.request_timeout = std::chrono::milliseconds(50)});
  EXPECT_THAT(ask(*server, "GET /a HTT"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(ask(*server, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerTest, ClosesIdleConnectionsSilently) {
  const auto server = serve(echo, {.idle_timeout = std::chrono::milliseconds(50)});
  EXPECT_EQ(ask(*server, ""), "");
  RawClient client(server->address());
  client.send(kGet);
  EXPECT_THAT(client.read_to_end(), EndsWith("GET /a ;"));
}

TEST_F(ServerTest, ClosesWhatNobodyReads) {
  const auto server =
      serve([](Request) -> Awaitable<Response> { co_return respond(200, std::string(64U << 20U, 'x')); },
            {.write_timeout = std::chrono::milliseconds(50)});
  RawClient client(server->address());
  client.send(kGet);
  client.read_through("\r\n\r\n");
  while (!metrics_.expose().contains("http_server_open_connections{part=\"test\"} 0")) std::this_thread::yield();
  EXPECT_LT(client.read_to_end().size(), 64U << 20U);
}

/// How much of an answer of 64 MiB comes to who takes a mebibyte each 20 ms, where half a second is given.
std::size_t read_steadily(const Server& server) {
  RawClient client(server.address());
  client.send(kLastGet);
  std::string chunk(1U << 20U, ' ');
  std::size_t received = 0;
  boost::system::error_code error;
  for (auto next = std::chrono::steady_clock::now(); !error; next += std::chrono::milliseconds(20)) {
    while (std::chrono::steady_clock::now() < next) std::this_thread::yield();
    received += boost::asio::read(client.socket(), boost::asio::buffer(chunk), error);
  }
  return received;
}

TEST_F(ServerTest, GivesASteadyReaderTheTimeThatALongAnswerTakes) {
  const auto answer = [](Request) -> Awaitable<Response> { co_return respond(200, std::string(64U << 20U, 'x')); };
  constexpr std::chrono::milliseconds kGiven{500};
  const auto patient = serve(answer, {.write_timeout = kGiven, .write_bytes_per_second = 1U << 20U});
  EXPECT_GT(read_steadily(*patient), 64U << 20U);
  const auto impatient = serve(answer, {.write_timeout = kGiven, .write_bytes_per_second = 1U << 30U});
  EXPECT_LT(read_steadily(*impatient), 64U << 20U);
}

TEST_F(ServerTest, ClosesConnectionsBeyondItsLimit) {
  const auto server = serve(echo, {.connections = 1});
  RawClient first(server->address());
  first.send(kGet);
  EXPECT_THAT(first.read_through(";"), EndsWith("GET /a ;"));
  EXPECT_EQ(ask(*server, ""), "");
  EXPECT_THAT(metrics_.expose(), HasSubstr("http_server_refused_connections_total{part=\"test\"} 1\n"));
  EXPECT_THAT(metrics_.expose(), HasSubstr("http_server_connection_limit{part=\"test\"} 1\n"));
  first.send(kGet);
  EXPECT_THAT(first.read_through(";"), EndsWith("GET /a ;"));
}

TEST_F(ServerTest, ServesAgainAfterItRanOutOfDescriptors) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer's own checks need descriptors";
#endif
  const auto server = serve(echo);
  RawClient client(server->address());
  client.send(kGet);
  client.read_through(";");
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket late(context, boost::asio::ip::tcp::v4());
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit low{.rlim_cur = static_cast<rlim_t>(late.native_handle()) + 1, .rlim_max = limit.rlim_max};
  testing::internal::CaptureStderr();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  late.connect({boost::asio::ip::make_address(server->address().host), server->address().port});
  client.send(kGet);
  EXPECT_THAT(client.read_through(";"), EndsWith("GET /a ;"));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  boost::asio::write(late, boost::asio::buffer(kLastGet));
  std::string answer;
  boost::system::error_code end;
  boost::asio::read(late, boost::asio::dynamic_buffer(answer), end);
  testing::internal::GetCapturedStderr();
  EXPECT_THAT(answer, EndsWith("GET /last ;"));
}

TEST_F(ServerTest, AnswersForAHandlerThatThrows) {
  const auto server = serve([](Request) -> Awaitable<Response> { throw std::runtime_error("inner"); });
  testing::internal::CaptureStderr();
  const auto answer = ask(*server, kLastGet);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("inner"));
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 500 "), EndsWith("\"Internal server error.\"")));
}

TEST_F(ServerTest, KnowsItsPeer) {
  const auto server = serve([](Request request) -> Awaitable<Response> {
    co_return respond(200, fmt::format("{} {}", request.context.peer_address, request.context.from_loopback));
  });
  EXPECT_THAT(ask(*server, kLastGet), EndsWith("127.0.0.1 true"));
}

TEST_F(ServerTest, RefusesAnAddressInUse) {
  const auto server = serve(echo);
  try {
    const Server second(threads_, server->address(), echo, {.part = "test"}, log_, metrics_);
    FAIL() << "the port was taken twice";
  } catch (const Refusal& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr(server->address().to_string() + " is in use: somebody listens on it"));
  }
}

TEST_F(ServerTest, StopLetsARunningRequestFinishAndClosesIdleConnections) {
  std::promise<Resumption> suspended;
  const auto server = serve([&suspended](Request request) -> Awaitable<Response> {
    return [](std::promise<Resumption>* promise, Request received) -> Awaitable<Response> {
      if (received.target == "/wait") {
        co_await suspend([promise](Resumption resumption) { promise->set_value(std::move(resumption)); });
      }
      co_return respond(200, "done!");
    }(&suspended, std::move(request));
  });
  RawClient idle(server->address());
  idle.send(kGet);
  idle.read_through("!");
  RawClient waiting(server->address());
  waiting.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  auto resumption = suspended.get_future().get();
  auto stopped = std::async(std::launch::async, [&] { server->stop(std::chrono::seconds(30)); });
  EXPECT_EQ(idle.read_to_end(), "");
  std::move(resumption).resume();
  EXPECT_THAT(waiting.read_to_end(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("done!")));
  stopped.get();
  EXPECT_THROW(RawClient(server->address()), boost::system::system_error);
}

TEST(TcpAddress, IsReadAndWritten) {
  EXPECT_EQ(TcpAddress::parse("127.0.0.1:8080").to_string(), "127.0.0.1:8080");
  EXPECT_EQ(TcpAddress::parse("[::1]:0").host, "::1");
  EXPECT_EQ(TcpAddress::parse("[::1]:1").to_string(), "[::1]:1");
  for (const auto* text : {"", "8080", ":8080", "a:", "a:b", "a:65536", "a:-1", "a:1x", "::1:80", "a:1 "}) {
    EXPECT_THROW(TcpAddress::parse(text), Refusal) << text;
  }
}

}  // namespace
}  // namespace assay::http
