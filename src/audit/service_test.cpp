#include "audit/service.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "audit/client.hpp"
#include "audit/fake_register_reader.hpp"
#include "audit/routes_fixture.hpp"
#include "secrets/testing.hpp"

namespace assay::audit {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class AuditServiceTest : public RoutesTest {
 protected:
  http::Request request(http::Method method, std::string target, std::string body = "") {
    http::Request out;
    out.method = method;
    out.target = std::move(target);
    out.body = std::move(body);
    out.context.host_key = host_key_;
    out.context.trace = trace_;
    return out;
  }
  http::Response post(std::string target, std::string body) {
    return run(service_.handle(request(http::Method::kPost, std::move(target), std::move(body))));
  }
  http::Response get(std::string target) {
    return run(service_.handle(request(http::Method::kGet, std::move(target))));
  }

  /// Lets a request in as the service's door does.
  http::Handler let_in() {
    return [this](http::Request sent) {
      sent_.push_back(sent);
      sent.context.host_key = host_key_;
      return service_.handle(std::move(sent));
    };
  }

  NewRecord a_record() {
    return {.id = Uuid::generate(random_),
            .source_system_name = "PatientTestApi",
            .resource = Resource{.type = "patient", .id = "x", .operation = "find"},
            .actor = std::nullopt,
            .operation_id = std::string(32, 'a'),
            .patient_id = Uuid::generate(random_),
            .outcome = Outcome{.result = "failed", .of = Uuid::generate(random_)}};
  }

  std::string host_key_ = "audit-host-key";
  telemetry::TraceContext trace_ = telemetry::TraceContext::begin(random_);
  FakeRegisterReader register_reader_;
  SigningKey key_ = SigningKey::generate(random_);
  Service service_{{.store = store_,
                    .signer = signer_,
                    .register_reader = register_reader_,
                    .clock = clock_,
                    .random = random_,
                    .log = log_,
                    .metrics = metrics_,
                    .principals = secrets::verifier_of(clock_, key_)}};
  std::vector<http::Request> sent_;
  Client client_{let_in()};
};

TEST_F(AuditServiceTest, AnswersTheSingleRouteWithWhatWasSentAndIdAndDateOnly) {
  const auto response =
      post("/api/auditrecord", R"({"sourceSystemName":"X","resource":{"type":"t","id":"1","operation":"o"}})");
  EXPECT_EQ(response.status, 201);
  const auto id = store_.records.at(0).id.to_string();
  EXPECT_EQ(response.body, R"({"sourceSystemName":"X","resource":{"type":"t","id":"1","operation":"o"},"id":")" + id +
                               R"(","createdDate":"2023-11-14T22:13:20.123Z"})");
}

TEST_F(AuditServiceTest, StoresAClaimUnderTheHostKeyAndTheRequestsOperation) {
  post("/api/auditrecord", R"({"sourceSystemName":"X","resource":{"type":"patient","operation":"find"}})");
  const auto& record = store_.records.at(0);
  EXPECT_EQ(record.actor->kind, "host-key");
  EXPECT_EQ(record.actor->id, "audit-host-key");
  EXPECT_EQ(record.operation_id, trace_.operation_id());
  EXPECT_EQ(record.patient_id, std::nullopt);
}

TEST_F(AuditServiceTest, LetsNobodyElseSpeakOfTheLogInItsName) {
  for (const std::string host_key : {"audit-host-key", "audit-gateway-key"}) {
    host_key_ = host_key;
    const auto body = R"([{"id":"00000000-0000-4000-8000-000000000000","sourceSystemName":"AssayAudit",)"
                      R"("resource":{"type":"record","operation":"erase","id":"{\"indexes\":[0],\"reason\":\"r\"}"}}])";
    EXPECT_EQ(post("/api/auditrecords", body).status, 403);
    const auto claim = R"({"sourceSystemName":"AssayAudit","resource":{"type":"log","operation":"restore"}})";
    EXPECT_EQ(post("/api/auditrecord", claim).status, 403);
  }
  EXPECT_THAT(store_.records, IsEmpty());
}

TEST_F(AuditServiceTest, StoresNothingOfAFaultyBody) {
  EXPECT_EQ(post("/api/auditrecord", "{}").body, R"("\"sourceSystemName\" is required")");
  EXPECT_EQ(post("/api/auditrecord", "").status, 400);
  EXPECT_EQ(post("/api/auditrecords", "{").status, 400);
  EXPECT_EQ(post("/api/auditrecords", "{}").body, R"("\"value\" must be an array")");
  EXPECT_THAT(store_.records, IsEmpty());
}

TEST_F(AuditServiceTest, AnswersABatchWithIdsAndIndexes) {
  const auto response = post("/api/auditrecords", R"([
    {"id":"11111111-1111-4111-8111-111111111111","sourceSystemName":"X"},
    {"id":"22222222-2222-4222-8222-222222222222","sourceSystemName":"X"}])");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"([{"id":"11111111-1111-4111-8111-111111111111","index":0},)"
                           R"({"id":"22222222-2222-4222-8222-222222222222","index":1}])");
}

TEST_F(AuditServiceTest, LetsTheGatewaySpeakOfSubscriptionsAlone) {
  host_key_ = kGatewayKeyName;
  const auto batch = [](std::string_view members) {
    return fmt::format(R"([{{"id":"11111111-1111-4111-8111-111111111111",{}}}])", members);
  };
  for (const auto* members :
       {R"("sourceSystemName":"AssayGateway")",
        R"("sourceSystemName":"AssayGateway","resource":{"type":"patient","operation":"o"})",
        R"("sourceSystemName":"AssayGateway","resource":{"type":"Test","operation":"o"})",
        R"("sourceSystemName":"PatientTestApi","resource":{"type":"subscription","operation":"o"})",
        R"("sourceSystemName":"AssayGateway","resource":{"type":"subscription","operation":"o"},)"
        R"("patientId":"22222222-2222-4222-8222-222222222222")",
        R"("sourceSystemName":"AssayGateway","resource":{"type":"subscription","operation":"o"},)"
        R"("outcome":"not-done","outcomeOf":"22222222-2222-4222-8222-222222222222")"}) {
    EXPECT_EQ(post("/api/auditrecords", batch(members)).status, 403) << members;
  }
  EXPECT_EQ(post("/api/auditrecord",
                 R"({"sourceSystemName":"PatientTestApi","resource":{"type":"subscription","operation":"o"}})")
                .status,
            403);
  EXPECT_EQ(get("/api/intents").status, 403);
  EXPECT_THAT(store_.records, IsEmpty());
  const auto allowed = batch(R"("sourceSystemName":"AssayGateway","resource":{"type":"subscription","operation":"o"})");
  EXPECT_EQ(post("/api/auditrecords", allowed).status, 201);
  EXPECT_EQ(store_.records.at(0).actor->id, kGatewayKeyName);
}

TEST_F(AuditServiceTest, AnswersWhatTheStoreRefusesAndThatItIsAway) {
  const std::string batch = R"([{"id":"11111111-1111-4111-8111-111111111111","sourceSystemName":"X"}])";
  store_.problem = Problem{.status = 409, .detail = "taken"};
  EXPECT_EQ(post("/api/auditrecords", batch).status, 409);
  store_.problem.reset();
  store_.is_away = true;
  EXPECT_EQ(post("/api/auditrecords", batch).status, 503);
  EXPECT_EQ(post("/api/auditrecord", R"({"sourceSystemName":"X"})").status, 503);
}

TEST_F(AuditServiceTest, TellsIntents) {
  store_.intents = {.open = {{.id = Uuid::parse("11111111-1111-4111-8111-111111111111").value(),
                              .index = 7,
                              .patient_id = Uuid::parse("22222222-2222-4222-8222-222222222222"),
                              .resource = {.type = "patient", .id = "x", .operation = "create"}}},
                    .ended = {Uuid::parse("33333333-3333-4333-8333-333333333333").value()},
                    .next = 12,
                    .is_last = false};
  EXPECT_EQ(get("/api/intents?from=5").body,
            R"({"open":[{"id":"11111111-1111-4111-8111-111111111111","index":7,)"
            R"("patientId":"22222222-2222-4222-8222-222222222222",)"
            R"("resource":{"type":"patient","id":"x","operation":"create"}}],)"
            R"("ended":["33333333-3333-4333-8333-333333333333"],"next":12,"isLast":false})");
  EXPECT_EQ(store_.asked_from, 5);
  get("/api/intents");
  EXPECT_EQ(store_.asked_from, 0);
}

TEST_F(AuditServiceTest, RefusesNumbersThatAreNone) {
  for (const auto* query : {"from=x", "from=-1", "from=", "from=1x", "from=18446744073709551615"}) {
    EXPECT_EQ(get(std::string("/api/intents?") + query).status, 400) << query;
  }
}

TEST_F(AuditServiceTest, UnderstandsItsClient) {
  std::vector<NewRecord> records{a_record(), a_record(), a_record()};
  records[1].resource.reset();
  records[2].patient_id.reset();
  records[2].outcome.reset();
  const Principal principal{.kind = "subscription", .id = "s", .name = "n", .on_behalf_of = "p", .purpose_of_use = ""};
  for (auto& record : records) {
    record.actor = principal;
    record.actor->token = sign_principal(principal, record.operation_id, clock_.now(), key_);
  }
  const auto appended = run(client_.append(records, {})).value();
  ASSERT_EQ(store_.records.size(), 3);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(appended[i].id, records[i].id);
    EXPECT_EQ(appended[i].index, i);
    EXPECT_TRUE(is_repeat(records[i], store_.records[i]));
  }
}

TEST_F(AuditServiceTest, UnderstandsItsClientsQuestionForIntents) {
  store_.intents = {.open = {{.id = Uuid::generate(random_),
                              .index = 7,
                              .patient_id = Uuid::generate(random_),
                              .resource = {.type = "patient", .id = "x", .operation = "create"}},
                             {.id = Uuid::generate(random_),
                              .index = 9,
                              .patient_id = std::nullopt,
                              .resource = {.type = "test", .id = std::nullopt, .operation = "import"}}},
                    .ended = {Uuid::generate(random_)},
                    .next = 14,
                    .is_last = false};
  const auto intents = run(client_.read_intents(3));
  EXPECT_EQ(store_.asked_from, 3);
  EXPECT_EQ(intents.ended, store_.intents.ended);
  EXPECT_EQ(intents.next, 14);
  EXPECT_FALSE(intents.is_last);
  ASSERT_EQ(intents.open.size(), 2);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(intents.open[i].id, store_.intents.open[i].id);
    EXPECT_EQ(intents.open[i].index, store_.intents.open[i].index);
    EXPECT_EQ(intents.open[i].patient_id, store_.intents.open[i].patient_id);
    EXPECT_EQ(intents.open[i].resource, store_.intents.open[i].resource);
  }
}

TEST_F(AuditServiceTest, HasAClientThatSendsTheOperation) {
  auto record = a_record();
  run(client_.append({record}, {})).value();
  EXPECT_EQ(sent_.at(0).context.trace.operation_id(), record.operation_id);
}

}  // namespace
}  // namespace assay::audit
