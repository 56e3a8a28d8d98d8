#include "http/client.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netdb.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <semaphore>

#include "http/client_metrics.hpp"
#include "http/loopback_test.hpp"

namespace {

constexpr std::string_view kHangingHost = "hanging.invalid";
std::binary_semaphore name_server_answers{0};

}  // namespace

/// Stands before the system's own, with its names of parameters: for one host the name server is silent until the test
/// lets it answer.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* req, addrinfo** pai) {
  if (name == kHangingHost) {
    name_server_answers.acquire();
    return EAI_AGAIN;
  }
  static const auto kNext = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return kNext(name, service, req, pai);
}

namespace assay::http {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;

Request request_of(Method method, std::string body = {}) {
  Request request;
  request.method = method;
  request.target = "/a?b=c";
  request.body = std::move(body);
  return request;
}

/// A server that plays a part: what it does with its connections is written in the test.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<void(ScriptedServer&)> script)
      : acceptor_(context_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this, play = std::move(script)] { play(*this); }) {}
  ~ScriptedServer() { thread_.join(); }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port()); }

  tcp::socket accept() { return acceptor_.accept(); }

  /// The header of a request, and the bytes that came with it.
  static std::string read_request(tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(text), "\r\n\r\n", error);
    return text;
  }

  static void answer(tcp::socket& socket, std::string_view text) {
    boost::asio::write(socket, boost::asio::buffer(text));
  }

 private:
  boost::asio::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class ClientTest : public LoopbackTest {
 protected:
  std::future<Response> begin(const Client& client, Request request) {
    return boost::asio::co_spawn(threads_.context(0), client.send(std::move(request)), boost::asio::use_future);
  }
  Response ask(const Client& client, Request request) { return begin(client, std::move(request)).get(); }

  /// What a client makes of an answer after which the server closes.
  Response receive(std::string_view text, Method method = Method::kGet, ClientLimits limits = {}) {
    ScriptedServer server([text](ScriptedServer& self) {
      auto socket = self.accept();
      ScriptedServer::read_request(socket);
      ScriptedServer::answer(socket, text);
    });
    const Client client(server.url(), limits);
    return ask(client, request_of(method));
  }
};

TEST_F(ClientTest, SendsARequestAndReadsItsAnswer) {
  const auto server = serve(echo);
  const Client client("http://" + server->address().to_string());
  for (const auto method : {Method::kGet, Method::kPost, Method::kPut, Method::kDelete}) {
    const auto response = ask(client, request_of(method, "body"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, fmt::format("{} /a?b=c body;", to_string(method)));
    EXPECT_EQ(response.headers.find("Content-Type"), "text/plain");
    EXPECT_FALSE(response.headers.find("Content-Length").has_value());
  }
}

TEST_F(ClientTest, ReadsTheAnswerToHead) {
  const auto server = serve(echo);
  const Client client("http://" + server->address().to_string());
  const auto response = ask(client, request_of(Method::kHead));
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.headers.find("Content-Length"), "13");
  EXPECT_EQ(ask(client, request_of(Method::kGet)).body, "GET /a?b=c ;");
}

TEST_F(ClientTest, HandsTheOperationOn) {
  std::string head;
  {
    ScriptedServer server([&head](ScriptedServer& self) {
      auto socket = self.accept();
      head = ScriptedServer::read_request(socket);
      ScriptedServer::answer(socket, kOk);
    });
    auto request = request_of(Method::kPost);
    SystemRandom random;
    request.context.trace = telemetry::TraceContext::begin(random);
    request.headers.add("Host", "forged");
    request.headers.add("Transfer-Encoding", "chunked");
    request.headers.add("X-Mine", "a\r\nX-Forged: b");
    const auto operation_id = request.context.trace.operation_id();
    const Client client(server.url());
    ask(client, std::move(request));
    EXPECT_THAT(head, HasSubstr("\r\ntraceparent: 00-" + operation_id + "-"));
    EXPECT_THAT(head, HasSubstr("\r\nHost: " + server.url().substr(7) + "\r\n"));
  }
  EXPECT_THAT(head, testing::Not(HasSubstr("forged")));
  EXPECT_THAT(head, testing::Not(HasSubstr("chunked")));
  EXPECT_THAT(head, HasSubstr("\r\nX-Mine: a  X-Forged: b\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST_F(ClientTest, ReadsEveryFormOfBody) {
  EXPECT_EQ(receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").body, "abc");
  EXPECT_EQ(receive("HTTP/1.1 200 OK\r\n\r\nto the end").body, "to the end");
  EXPECT_EQ(receive("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_EQ(receive("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\na").status, 201);
}

TEST_F(ClientTest, TakesNoBrokenAnswer) {
  for (const auto* text :
       {"", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", "HTTP/1.1 999 What\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"}) {
    EXPECT_THROW(receive(text), Unavailable) << text;
  }
}

TEST_F(ClientTest, TakesNoAnswerBeyondItsLimit) {
  EXPECT_THROW(receive(kOk, Method::kGet, {.response_bytes = 1}), AnswerTooLarge);
  EXPECT_THROW(receive("HTTP/1.1 200 OK\r\n\r\nab", Method::kGet, {.response_bytes = 1}), AnswerTooLarge);
}

TEST_F(ClientTest, IsUnavailableWhereNobodyListens) {
  const auto server = serve(echo);
  const Client client("http://" + server->address().to_string());
  server->stop(std::chrono::seconds(1));
  EXPECT_THROW(ask(client, request_of(Method::kGet)), Unavailable);
}

TEST_F(ClientTest, GivesUpOnASilentServer) {
  std::promise<void> given_up;
  ScriptedServer server([&given_up](ScriptedServer& self) {
    const auto socket = self.accept();
    given_up.get_future().wait();
  });
  const Client client(server.url(), {.response_timeout = std::chrono::milliseconds(50)});
  EXPECT_THROW(ask(client, request_of(Method::kGet)), Unavailable);
  given_up.set_value();
}

TEST_F(ClientTest, RepeatsASafeRequestWhoseKeptConnectionBroke) {
  ScriptedServer server([](ScriptedServer& self) {
    {
      auto first = self.accept();
      ScriptedServer::read_request(first);
      ScriptedServer::answer(first, kOk);
      ScriptedServer::read_request(first);
    }
    auto second = self.accept();
    ScriptedServer::read_request(second);
    ScriptedServer::answer(second, kOk);
  });
  const Client client(server.url());
  ask(client, request_of(Method::kGet));
  EXPECT_EQ(ask(client, request_of(Method::kGet)).body, "ok");
}

TEST_F(ClientTest, DoesNotRepeatWhatMayHaveBeenDone) {
  ScriptedServer server([](ScriptedServer& self) {
    auto first = self.accept();
    ScriptedServer::read_request(first);
    ScriptedServer::answer(first, kOk);
    ScriptedServer::read_request(first);
  });
  const Client client(server.url());
  ask(client, request_of(Method::kPost));
  EXPECT_THROW(ask(client, request_of(Method::kPost)), Unavailable);
}

TEST_F(ClientTest, TakesAFreshConnectionWhereTheKeptOneWasClosed) {
  std::promise<void> closed;
  ScriptedServer server([&closed](ScriptedServer& self) {
    {
      auto first = self.accept();
      ScriptedServer::read_request(first);
      ScriptedServer::answer(first, kOk);
    }
    closed.set_value();
    auto second = self.accept();
    ScriptedServer::read_request(second);
    ScriptedServer::answer(second, kOk);
  });
  const Client client(server.url());
  ask(client, request_of(Method::kPost));
  closed.get_future().wait();
  EXPECT_EQ(ask(client, request_of(Method::kPost)).body, "ok");
}

TEST_F(ClientTest, IsMeasuredByAnswersAndFailures) {
  auto server = serve(echo);
  const auto measured = std::make_shared<ClientMetrics>(metrics_, "audit");
  const Client client("http://" + server->address().to_string(), {}, measured);
  ask(client, request_of(Method::kGet));
  EXPECT_EQ(measured->open_connections.sum(), 1);
  server->stop(std::chrono::seconds(1));
  server.reset();
  EXPECT_THROW(ask(client, request_of(Method::kGet)), Unavailable);
  EXPECT_EQ(measured->open_connections.sum(), 0);
  const auto exposed = metrics_.expose();
  for (const auto* ended : {R"(error_type="",http_request_method="GET",http_response_status_code="200")",
                            R"(error_type="unavailable",http_request_method="GET",http_response_status_code="")"}) {
    constexpr std::string_view kCount = R"(http_client_request_duration_seconds_count{{{},peer_service="audit"}} 1)";
    EXPECT_THAT(exposed, HasSubstr(fmt::format(kCount, ended)));
  }
}

TEST_F(ClientTest, RequestsBeyondTheConnectionsWaitTheirTurn) {
  const auto server = serve(echo);
  const Client client("http://" + server->address().to_string(), {.connections_per_thread = 1});
  std::vector<std::future<Response>> answers;
  for (int i = 0; i < 20; ++i) answers.push_back(begin(client, request_of(Method::kPost, std::to_string(i))));
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].get().body, fmt::format("POST /a?b=c {};", i));
  EXPECT_THAT(metrics_.expose(), HasSubstr("http_server_open_connections{part=\"test\"} 1"));
}

TEST_F(ClientTest, RequestsBeyondTheWaitingAreRefused) {
  std::promise<void> refused;
  ScriptedServer server([&refused](ScriptedServer& self) {
    auto socket = self.accept();
    ScriptedServer::read_request(socket);
    refused.get_future().wait();
    ScriptedServer::answer(socket, kOk);
  });
  const Client client(server.url(), {.connections_per_thread = 1, .waiting_per_thread = 0});
  auto first = begin(client, request_of(Method::kGet));
  EXPECT_THROW(ask(client, request_of(Method::kGet)), Unavailable);
  refused.set_value();
  EXPECT_EQ(first.get().status, 200);
}

TEST_F(ClientTest, WaitsNoLongerForANameServerThanForAServer) {
  const Client client(fmt::format("http://{}", kHangingHost), {.connect_timeout = std::chrono::milliseconds(50)});
  auto answer = begin(client, request_of(Method::kGet));
  const auto state = answer.wait_for(std::chrono::seconds(20));
  name_server_answers.release();
  ASSERT_EQ(state, std::future_status::ready);
  EXPECT_THROW(answer.get(), Unavailable);
}

TEST(Client, WantsAPlainUrl) {
  for (const auto* url :
       {"", "127.0.0.1:80", "https://h", "http://", "http://h/a", "http://h?q", "http://u@h", "http://h:0"}) {
    EXPECT_THROW(Client{std::string(url)}, Refusal) << url;
  }
  EXPECT_NO_THROW(Client{std::string("http://h:80/")});
  EXPECT_NO_THROW(Client{std::string("http://[::1]")});
}

class UnixSocketTest : public LoopbackTest {
 protected:
  UnixSocketTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~UnixSocketTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Server> listen() {
    auto server = std::make_unique<Server>(threads_, socket_, echo, ServerOptions{.part = "test"}, log_, metrics_);
    server->start();
    return server;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / fmt::format("unix-socket-{}-{}", ::getpid(), std::string(150, 'x'));
  std::filesystem::path socket_ = folder_ / "operator.sock";
};

TEST_F(UnixSocketTest, ServesOverAPathOfAnyLength) {
  const auto server = listen();
  struct stat status{};
  ASSERT_EQ(::stat(socket_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const Client client(socket_);
  EXPECT_EQ(send_and_wait(client, request_of(Method::kGet)).body, "GET /a?b=c ;");
  EXPECT_EQ(send_and_wait(client, request_of(Method::kPost, "b")).body, "POST /a?b=c b;");
}

TEST_F(UnixSocketTest, ReplacesAStaleSocketOnly) {
  {
    const auto server = listen();
    EXPECT_THROW(listen(), Refusal);
    std::filesystem::create_hard_link(socket_, folder_ / "kept");
  }
  EXPECT_FALSE(std::filesystem::exists(socket_));
  std::filesystem::rename(folder_ / "kept", socket_);
  const Client client(socket_);
  EXPECT_THROW(send_and_wait(client, request_of(Method::kGet)), Unavailable);
  const auto server = listen();
  EXPECT_EQ(send_and_wait(client, request_of(Method::kGet)).status, 200);
}

TEST_F(UnixSocketTest, IsUnavailableWithoutASocket) {
  const Client client(socket_);
  EXPECT_THROW(send_and_wait(client, request_of(Method::kGet)), Unavailable);
  const Client nowhere(folder_ / "none" / "operator.sock");
  EXPECT_THROW(send_and_wait(nowhere, request_of(Method::kGet)), Unavailable);
}

}  // namespace
}  // namespace assay::http
