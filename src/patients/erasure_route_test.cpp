#include <gmock/gmock.h>

#include "patients/service_fakes.hpp"

namespace assay::patients {
namespace {

using http::Method;

constexpr std::string_view kReason = R"({"reason":"a letter"})";

class ErasureRouteTest : public testing::Test {
 protected:
  Uuid a_patient() {
    bench_.store.patients.push_back({.id = Uuid::generate(bench_.random), .last_updated = {}, .patient = {}});
    return bench_.store.patients.back().id;
  }

  http::Response erase(const std::string& id, std::string_view body = kReason) {
    return bench_.ask(Method::kPost, "/api/patient/" + id + "/erase", std::string(body));
  }

  Bench bench_;
};

TEST_F(ErasureRouteTest, RecordsTheAttemptThenErases) {
  const auto id = a_patient();
  bench_.store.tests.push_back({.id = Uuid::generate(bench_.random),
                                .patient_id = id,
                                .last_updated = {},
                                .performer = {},
                                .order_reference = {},
                                .observations = {}});
  const auto answer = erase(id.to_string());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"id":")" + id.to_string() + R"(","tests":1})");
  ASSERT_EQ(bench_.access_log.records.size(), 1U);
  const auto& record = bench_.access_log.records.front();
  EXPECT_EQ(record.operation, "erase");
  EXPECT_EQ(record.resource_id, id.to_string());
  EXPECT_EQ(record.patient_id, id);
  EXPECT_EQ(bench_.store.warrants.back().record_id, record.record_id);
  EXPECT_EQ(bench_.events.back(), "erase_patient");
  EXPECT_TRUE(bench_.store.patients.empty());
}

TEST_F(ErasureRouteTest, SaysWhenAReaderStillHoldsCopies) {
  bench_.store.log_is_held = true;
  EXPECT_THAT(erase(a_patient().to_string()).body, testing::HasSubstr(R"("stillInFiles":true)"));
}

TEST_F(ErasureRouteTest, FindsNobodyWhereThereIsNobody) {
  EXPECT_EQ(erase(Uuid::generate(bench_.random).to_string()).status, 404);
  EXPECT_EQ(erase("nope").status, 404);
  EXPECT_EQ(bench_.access_log.records.size(), 2U);
}

TEST_F(ErasureRouteTest, RefusesABodyWithoutAReasonAndRecordsNothing) {
  const auto id = a_patient().to_string();
  for (const auto* body : {"", "[]", "{}", R"({"reason":7})", R"({"reason":""})", R"({"reason":"x","more":1})"}) {
    EXPECT_EQ(erase(id, body).status, 400) << body;
  }
  EXPECT_EQ(erase(id, R"({"reason":")" + std::string(257, 'x') + R"("})").status, 400);
  EXPECT_EQ(erase(id, R"({"reason":"a\u001b[2J"})").status, 400);
  EXPECT_TRUE(bench_.access_log.records.empty());
  EXPECT_EQ(bench_.store.patients.size(), 1U);
}

TEST_F(ErasureRouteTest, WithoutARecordNothingIsErased) {
  const auto id = a_patient().to_string();
  bench_.access_log.away = true;
  EXPECT_EQ(erase(id).status, 500);
  EXPECT_EQ(bench_.store.patients.size(), 1U);
}

TEST_F(ErasureRouteTest, AnErasureThatAStopCutOffIsFinishedAtTheNextStart) {
  const auto cut_off = Uuid::generate(bench_.random);
  bench_.store.carried_out[cut_off] = true;
  bench_.access_log.intents = {{.record_id = cut_off,
                                .index = 3,
                                .patient_id = Uuid::generate(bench_.random),
                                .resource_type = "patient",
                                .operation = "erase",
                                .resource_id = {}}};
  bench_.access_log.end = 4;
  Bench::wait_for(bench_.service.settle_earlier_run());
  EXPECT_THAT(bench_.events, testing::Contains("finish_erasure"));
  ASSERT_EQ(bench_.access_log.outcomes.size(), 1U);
  EXPECT_EQ(bench_.access_log.outcomes.front().second, "done");
}

}  // namespace
}  // namespace assay::patients
