#include "audit/log_routes.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <thread>

#include "audit/proof_routes.hpp"
#include "audit/routes_fixture.hpp"
#include "audit/service.hpp"

namespace assay::audit {
namespace {

using testing::HasSubstr;

constexpr std::string_view kEntries = "/api/log/tile/entries/000.p/3";

class LogRoutesTest : public RoutesTest {
 protected:
  LogRoutesTest() {
    append_some(store_, random_, 3);
    run_on(context_, signer_.sign_newest());
    log_routes_.add_to(router_);
    proof_routes_.add_to(router_);
  }

  static http::Request request(std::string_view target) {
    http::Request made;
    made.target = target;
    made.context.host_key = kGatewayKeyName;
    made.context.principal = Principal{.kind = "subscription",
                                       .id = "auditor",
                                       .name = "n",
                                       .on_behalf_of = "",
                                       .purpose_of_use = "",
                                       .scope = "audit:read"};
    return made;
  }
  std::future<http::Response> ask(std::string_view target) {
    return boost::asio::co_spawn(context_, router_.handle(request(target)), boost::asio::use_future);
  }
  http::Response wait_for(std::future<http::Response> answer) {
    context_.restart();
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) context_.run_one();
    return answer.get();
  }
  http::Response get(std::string_view target) { return wait_for(ask(target)); }

  LogRoutes log_routes_{store_, signer_, log_};
  ProofRoutes proof_routes_{store_, signer_, readings_};
};

TEST_F(LogRoutesTest, ShowCheckpointTilesAndEntries) {
  EXPECT_EQ(get("/api/log/checkpoint").body, signer_.newest()->note);
  EXPECT_EQ(get("/api/log/checkpoint").headers.find("Cache-Control"), "no-cache");
  EXPECT_EQ(get("/api/log/tile/0/000.p/3").body.size(), 3 * 32);
  const auto entries = get(kEntries);
  EXPECT_EQ(entries.body.size(), 3 * 34);
  EXPECT_EQ(entries.headers.find("Cache-Control"), "public, max-age=31536000, immutable");
}

TEST_F(LogRoutesTest, KnowEachPartByOneNameAlone) {
  for (const std::string path : {"checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"}) {
    const auto whole = "/api/log/" + path;
    EXPECT_EQ(get(whole).status, 200);
    auto escaped = whole;
    escaped.replace(escaped.size() - 1, 1, path.ends_with('3') ? "%33" : "%74");
    for (const auto& other : {whole + "?", whole + "?x=1", whole + "/", whole + "/?", escaped}) {
      const auto answer = get(other);
      EXPECT_EQ(answer.status, 404) << other;
      EXPECT_EQ(answer.headers.find("Cache-Control"), "no-store") << other;
    }
  }
}

TEST_F(LogRoutesTest, RefuseACrowdOfReadersAndGoOnProving) {
  std::promise<void> gate;
  store_.memory.before_entries = [opened = gate.get_future().share()] { opened.wait(); };
  testing::internal::CaptureStderr();
  std::vector<std::future<http::Response>> crowd;
  for (int i = 0; i < 70; ++i) crowd.push_back(ask(kEntries));
  const auto refused = wait_for(std::move(crowd.back()));
  crowd.pop_back();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.find("Retry-After"), "1");
  EXPECT_EQ(refused.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(get("/api/log/checkpoint").status, 200);
  EXPECT_EQ(get("/api/auditrecord/" + store_.memory.ids.front().to_string() + "/proof").status, 200);
  gate.set_value();
  const auto served =
      std::ranges::count_if(crowd, [this](auto& one) { return wait_for(std::move(one)).status == 200; });
  EXPECT_EQ(served, 64);
  const auto logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("too many calls wait"));
  EXPECT_LE(std::ranges::count(logged, '\n'), 2) << logged;
}

TEST_F(LogRoutesTest, TellTheOperatorNowAndThenThatTheLogCantBeRead) {
  store_.memory.before_entries = [] { throw Unavailable("a part is missing"); };
  testing::internal::CaptureStderr();
  for (int i = 0; i < 20; ++i) {
    const auto answer = get(kEntries);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers.find("Retry-After"), "1");
  }
  const auto logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("a part is missing"));
  EXPECT_LE(std::ranges::count(logged, '\n'), 2) << logged;
}

}  // namespace
}  // namespace assay::audit
