#include "gateway/log_gate.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <vector>

#include "base/resumption.hpp"

namespace assay::gateway {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LogGateTest : public testing::Test {
 protected:
  /// A reading that goes on when it is told to.
  static Awaitable<Result<http::Response>> wait(std::vector<Resumption>* waiting) {
    co_await suspend([waiting](Resumption resumption) { waiting->push_back(std::move(resumption)); });
    co_return http::respond(200, "");
  }
  static Awaitable<Result<http::Response>> answer(Result<http::Response> given) { co_return given; }
  static Awaitable<Result<http::Response>> be_away() {
    throw Unavailable("no connection");
    co_return http::respond(200, "");
  }

  void pass(Awaitable<Result<http::Response>> reading) {
    boost::asio::co_spawn(context_, note(gate_.pass({}, std::move(reading))), boost::asio::detached);
    run();
  }
  void run() {
    context_.restart();
    context_.poll();
  }
  Awaitable<void> note(Awaitable<Result<http::Response>> passing) { answers_.push_back(co_await std::move(passing)); }

  static int status_of(const Result<http::Response>& one) { return one ? one->status : one.error().status; }
  std::vector<int> statuses() const {
    std::vector<int> all;
    std::ranges::transform(answers_, std::back_inserter(all), status_of);
    return all;
  }

  boost::asio::io_context context_{1};
  telemetry::Log log_{"test"};
  LogGate gate_{log_};
  std::vector<Result<http::Response>> answers_;
};

TEST_F(LogGateTest, LetsSoManyPassAtOnceAndNoMore) {
  std::vector<Resumption> waiting;
  testing::internal::CaptureStderr();
  for (std::size_t i = 0; i < LogGate::kLargestInFlight; ++i) pass(wait(&waiting));
  EXPECT_THAT(answers_, IsEmpty());
  for (int i = 0; i < 10; ++i) pass(wait(&waiting));
  EXPECT_THAT(waiting, SizeIs(LogGate::kLargestInFlight));
  ASSERT_THAT(answers_, SizeIs(10));
  EXPECT_THAT(statuses(), Each(503));
  EXPECT_EQ(answers_.front().error().retry_after, std::chrono::seconds(1));
  const auto logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("too many readers"));
  EXPECT_LE(std::ranges::count(logged, '\n'), 2) << logged;

  answers_.clear();
  resume_all(std::move(waiting));
  run();
  EXPECT_THAT(statuses(), SizeIs(LogGate::kLargestInFlight));
  EXPECT_THAT(statuses(), Each(200));
  pass(answer(http::respond(200, "")));
  EXPECT_EQ(statuses().back(), 200);
}

TEST_F(LogGateTest, TurnsWhatIsNotThereIntoARefusalOfTheGateway) {
  pass(answer(http::respond(404, "\"x\"")));
  ASSERT_FALSE(answers_.front());
  EXPECT_EQ(answers_.front().error().detail, "The log has no such tile.");
}

TEST_F(LogGateTest, AnswersEverythingElseAsItIs) {
  pass(answer(http::respond(200, "tile")));
  EXPECT_EQ(answers_.back()->body, "tile");
  pass(answer(fail(403, "no")));
  EXPECT_EQ(answers_.back().error().detail, "no");
  pass(answer(http::respond(503, "busy")));
  EXPECT_EQ(answers_.back()->body, "busy");
}

TEST_F(LogGateTest, SaysNowAndThenThatTheServiceIsAwayAndLetsOthersPassAfter) {
  testing::internal::CaptureStderr();
  for (std::size_t i = 0; i < 2 * LogGate::kLargestInFlight; ++i) pass(be_away());
  EXPECT_THAT(statuses(), Each(503));
  const auto logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("no connection"));
  EXPECT_LE(std::ranges::count(logged, '\n'), 2) << logged;
  pass(answer(http::respond(200, "")));
  EXPECT_EQ(statuses().back(), 200);
}

}  // namespace
}  // namespace assay::gateway
