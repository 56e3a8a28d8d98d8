#include "patients/idempotency.hpp"

#include <gmock/gmock.h>

#include "patients/service_fakes.hpp"

namespace assay::patients {
namespace {

using http::Method;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPatientBody =
    R"({"firstName":"Ada","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234"})";
constexpr std::string_view kOtherBody =
    R"({"firstName":"Eve","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234"})";
constexpr std::string_view kTestBody = R"({"performer":"Lab","orderReference":"R1","observations":[]})";

class IdempotencyTest : public testing::Test {
 protected:
  http::Response create(std::string_view key, std::string_view body = kPatientBody, std::string path = "/api/patient") {
    return bench_.ask(Method::kPost, std::move(path), std::string(body), {{"Idempotency-Key", key}});
  }

  Bench bench_;
};

TEST_F(IdempotencyTest, AnswersARepeatWithTheDocumentAsItIsNowAfterARecord) {
  const auto first = create("k");
  EXPECT_EQ(first.status, 201);
  EXPECT_FALSE(first.headers.find("Idempotency-Replayed"));
  bench_.store.patients[0].patient[Field::kLastName] = "Later";
  bench_.events.clear();
  const auto again = create("k");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.headers.find("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.body, to_json(bench_.store.patients[0]));
  EXPECT_EQ(bench_.store.patients.size(), 1);
  EXPECT_THAT(bench_.events, ElementsAre("find_idempotency", "record find", "find_patient"));
}

TEST_F(IdempotencyTest, AnswersNoRepeatWithoutARecord) {
  create("k");
  bench_.access_log.away = true;
  bench_.events.clear();
  EXPECT_EQ(create("k").status, 500);
  EXPECT_THAT(bench_.events, ElementsAre("find_idempotency"));
}

TEST_F(IdempotencyTest, RefusesAnotherBodyUnderTheSameKey) {
  create("k");
  EXPECT_EQ(create("k", kOtherBody).status, 422);
  EXPECT_EQ(bench_.store.patients.size(), 1);
}

TEST_F(IdempotencyTest, SaysThatADocumentIsGone) {
  create("k");
  bench_.store.patients.clear();
  EXPECT_EQ(create("k").status, 404);
}

TEST_F(IdempotencyTest, CountsForTheCallerAndTheRouteAlone) {
  create("k");
  const auto id = bench_.store.patients[0].id.to_string();
  auto request =
      Bench::make_request(Method::kPost, "/api/patient", std::string(kPatientBody), {{"Idempotency-Key", "k"}});
  request.context.principal->id = "8";
  EXPECT_FALSE(bench_.ask(std::move(request)).headers.find("Idempotency-Replayed"));
  EXPECT_FALSE(create("k", kTestBody, "/api/patient/" + id + "/tests").headers.find("Idempotency-Replayed"));
  EXPECT_EQ(create("k", kTestBody, "/api/patient/" + id + "/tests").headers.find("Idempotency-Replayed"), "true");
  const auto other = bench_.store.patients[1].id.to_string();
  EXPECT_FALSE(create("k", kTestBody, "/api/patient/" + other + "/tests").headers.find("Idempotency-Replayed"));
}

TEST_F(IdempotencyTest, IsNotUsedUpByACreateThatCouldNotBeDone) {
  EXPECT_EQ(create("k", "{}").status, 400);
  bench_.access_log.away = true;
  EXPECT_EQ(create("k").status, 500);
  bench_.access_log.away = false;
  bench_.store.broken = true;
  EXPECT_EQ(create("k").status, 503);
  bench_.store.broken = false;
  EXPECT_FALSE(create("k").headers.find("Idempotency-Replayed"));
}

TEST_F(IdempotencyTest, RefusesAKeyThatIsNone) {
  for (const auto& key : {std::string(), std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa9")}) {
    EXPECT_EQ(create(key).status, 400) << key;
  }
  EXPECT_EQ(create(std::string(255, 'k')).status, 201);
  EXPECT_EQ(bench_
                .ask(Method::kPost, "/api/patient", std::string(kPatientBody),
                     {{"Idempotency-Key", "a"}, {"idempotency-key", "b"}})
                .status,
            400);
}

TEST(CreatesInFlight, LetNoTwinInUntilTheFirstHasEnded) {
  CreatesInFlight creates;
  const auto entry = creates.enter({1});
  ASSERT_TRUE(entry);
  EXPECT_FALSE(creates.enter({1}));
  EXPECT_TRUE(creates.enter({2}));
}

TEST(CreatesInFlight, StayWithTheClaimThatTookThemOver) {
  CreatesInFlight creates;
  const CreateClaim claim(*creates.enter({1}), {}, {});
  EXPECT_FALSE(creates.enter({1}));
}

TEST(CreatesInFlight, LetTheNextInAfterwards) {
  CreatesInFlight creates;
  creates.enter({1}).reset();
  EXPECT_TRUE(creates.enter({1}));
}

TEST(Idempotency, AnswersATwinInFlightWith409) {
  Events events;
  FakeStore store(events);
  Idempotency idempotency(store);
  const auto request = Bench::make_request(Method::kPost, "/api/patient", "{}", {{"Idempotency-Key", "k"}});
  const auto row = read_idempotency(request, "/api/patient");
  ASSERT_TRUE(row && *row);
  const auto wait = [&] {
    std::optional<Result<CreateClaim>> claim;
    boost::asio::io_context context;
    boost::asio::co_spawn(context, idempotency.claim(*row, {}),
                          [&](std::exception_ptr, Result<CreateClaim> got) { claim.emplace(std::move(got)); });
    context.run();
    return std::move(claim).value();
  };
  auto first = wait();
  ASSERT_TRUE(first);
  const auto twin = wait();
  ASSERT_FALSE(twin);
  EXPECT_EQ(twin.error().status, 409);
  EXPECT_EQ(twin.error().retry_after, std::chrono::seconds(1));
}

}  // namespace
}  // namespace assay::patients
