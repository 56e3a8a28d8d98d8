#include "audit/client.hpp"
#include "audit/testing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/json.hpp"

namespace assay::audit {
namespace {

using testing::HasSubstr;

/// A client whose service gives the answer that the test sets.
class AuditClientTest : public testing::Test {
 protected:
  http::Handler service() {
    return [this](http::Request request) { return answer(std::move(request)); };
  }
  Awaitable<http::Response> answer(http::Request request) {
    requests_.push_back(std::move(request));
    co_return response_;
  }

  static std::vector<NewRecord> records(std::size_t count, const std::string& token = "") {
    std::vector<NewRecord> out;
    out.reserve(count);
    SystemRandom random;
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(
          {.id = Uuid::generate(random),
           .source_system_name = "X",
           .resource = Resource{.type = "patient", .id = std::string(36, 'x'), .operation = "disclose"},
           .actor =
               Principal{.kind = "k", .id = "i", .name = "n", .on_behalf_of = "", .purpose_of_use = "", .token = token},
           .operation_id = std::string(32, 'a'),
           .patient_id = Uuid::generate(random),
           .outcome = std::nullopt});
    }
    return out;
  }

  Result<std::vector<Appended>> append(std::vector<NewRecord> batch) {
    return run(client_.append(std::move(batch), {}));
  }

  std::vector<http::Request> requests_;
  http::Response response_;
  Client client_{service()};
};

TEST_F(AuditClientTest, SendsATokenOnceAndThenItsPosition) {
  response_.status = 409;
  append(records(3, "token")).error();
  const auto body = parse_json(requests_.at(0).body).value().as_array();
  EXPECT_EQ(body[0].at("principal"), "token");
  EXPECT_EQ(body[1].at("principal"), 0);
  EXPECT_EQ(body[2].at("principal"), 0);
}

TEST_F(AuditClientTest, SendsADisclosureOfAThousandPatientsInOneCall) {
  response_.status = 409;
  EXPECT_EQ(append(records(1001, std::string(2000, 't'))).error().status, 409);
  EXPECT_LT(requests_.at(0).body.size(), 1U << 20U);
}

TEST_F(AuditClientTest, FailsRatherThanBreakABatchIntoParts) {
  EXPECT_EQ(append(records(2001)).error().status, 413);
  auto large = records(1);
  large[0].resource->id = std::string(1U << 20U, 'x');
  EXPECT_EQ(append(std::move(large)).error().status, 413);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(AuditClientTest, HandsOnWhatTheServiceRefuses) {
  response_ = http::respond(409, R"("An audit record with this id has other content.")");
  const auto refused = append(records(1));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().status, 409);
  EXPECT_EQ(refused.error().detail, "An audit record with this id has other content.");
}

TEST_F(AuditClientTest, ThrowsWhenTheServiceCanNotDoItsWork) {
  for (const int status : {401, 404, 429, 500, 503, 302}) {
    response_.status = status;
    EXPECT_THROW(append(records(1)), Unavailable) << status;
    EXPECT_THROW(run(client_.read_intents(0)), Unavailable) << status;
  }
}

TEST_F(AuditClientTest, TakesNoAcknowledgementThatItCanNotUnderstand) {
  response_.status = 201;
  const auto batch = records(1);
  const auto id = batch[0].id.to_string();
  for (const auto& body : {std::string("{"), std::string("{}"), std::string("[]"), std::string("[5]"),
                           "[{\"id\":\"" + id + "\"}]", "[{\"id\":\"" + id + "\",\"index\":-1}]",
                           std::string(R"([{"id":"11111111-1111-4111-8111-111111111111","index":1}])")}) {
    response_.body = body;
    EXPECT_THROW(append(batch), Unavailable) << body;
  }
  response_.body = "[{\"id\":\"" + id + "\",\"index\":1}]";
  EXPECT_EQ(append(batch)->front().index, 1);
}

TEST_F(AuditClientTest, TakesNoIntentThatItCanNotUnderstand) {
  const auto body_with = [](std::string_view open, std::string_view ended) {
    return fmt::format(R"({{"open":{},"ended":{},"next":1,"isLast":true}})", open, ended);
  };
  for (const auto& body :
       {std::string("[]"), std::string("{}"), std::string(R"({"open":[],"ended":[],"next":1})"),
        std::string(R"({"open":[],"ended":[],"isLast":true})"), body_with("5", "[]"), body_with("[5]", "[]"),
        body_with("[{}]", "[]"), body_with(R"([{"id":"x","index":1,"resource":{"type":"t","operation":"o"}}])", "[]"),
        body_with(R"([{"id":"11111111-1111-4111-8111-111111111111","index":1}])", "[]"), body_with("[]", "[5]"),
        body_with("[]", R"(["x"])")}) {
    response_.body = body;
    EXPECT_THROW(run(client_.read_intents(0)), Unavailable) << body;
  }
  response_.body = body_with("[]", "[]");
  EXPECT_EQ(run(client_.read_intents(0)).next, 1);
}

}  // namespace
}  // namespace assay::audit
