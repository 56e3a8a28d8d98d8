#include "audit/register_routes.hpp"

#include <gmock/gmock.h>

#include "audit/fake_register_reader.hpp"
#include "audit/routes_fixture.hpp"
#include "audit/service.hpp"

namespace assay::audit {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kPatient = "22222222-2222-4222-8222-222222222222";

class RegisterRoutesTest : public RoutesTest {
 protected:
  RegisterRoutesTest() { routes_.add_to(router_); }

  http::Response get(std::string target) {
    http::Request request;
    request.target = std::move(target);
    request.context.host_key = host_key_;
    request.context.principal = principal_;
    return run_on(context_, router_.handle(std::move(request)));
  }
  http::Response get_accesses(std::string_view query = "") {
    return get("/api/patient/" + std::string(kPatient) + "/accesses" + std::string(query));
  }

  std::string host_key_{kGatewayKeyName};
  std::optional<Principal> principal_ = Principal{.kind = "subscription",
                                                  .id = "auditor",
                                                  .name = "n",
                                                  .on_behalf_of = "",
                                                  .purpose_of_use = "",
                                                  .scope = "patients:read audit:read"};
  FakeRegisterReader reader_;
  RegisterRoutes routes_{reader_, signer_, readings_};
};

TEST_F(RegisterRoutesTest, AreClosedToOtherKeysAndScopesAndLeaveNoRecordThen) {
  principal_->scope = "patients:read audit:reader";
  EXPECT_EQ(get("/api/auditrecord").status, 403);
  EXPECT_EQ(get_accesses().status, 403);
  principal_.reset();
  EXPECT_EQ(get("/api/auditrecord").status, 403);
  principal_.emplace().scope = "audit:read";
  host_key_ = "audit-host-key";
  EXPECT_EQ(get("/api/auditrecord").status, 403);
  EXPECT_EQ(get_accesses().status, 403);
  EXPECT_THAT(store_.records, IsEmpty());
}

TEST_F(RegisterRoutesTest, AskForWhatTheParametersSayUpToTheirOwnRecord) {
  get("/api/auditrecord");
  get("/api/auditrecord?patientId=" + std::string(kPatient) + "&actor=a&operation=o&from=2026-01-01&limit=7");
  EXPECT_EQ(reader_.asked->patient_id, Uuid::parse(kPatient));
  EXPECT_EQ(reader_.asked->actor, "a");
  EXPECT_EQ(reader_.asked->operation, "o");
  EXPECT_EQ(reader_.asked->from, parse_timestamp("2026-01-01T00:00:00.000Z"));
  EXPECT_EQ(reader_.asked->before, std::nullopt);
  EXPECT_EQ(reader_.asked->first, 0);
  EXPECT_EQ(reader_.asked->end, 2);
  EXPECT_EQ(reader_.asked->limit, 7);
}

TEST_F(RegisterRoutesTest, NeverGoBeyondTheirOwnRecordWhateverTheCursor) {
  get("/api/auditrecord?cursor=3-9223372036854775807");
  EXPECT_EQ(reader_.asked->first, 3);
  EXPECT_EQ(reader_.asked->end, 1);
}

TEST_F(RegisterRoutesTest, TellRecordsAndThePlaceOfErasedOnes) {
  const auto id = Uuid::parse("11111111-1111-4111-8111-111111111111").value();
  reader_.page = {.entries = {{.index = 3, .id = id, .document = R"({"x":1})"}, {.index = 5, .id = id, .document = ""}},
                  .next = 9};
  const auto answer = get("/api/auditrecord?limit=2");
  EXPECT_EQ(answer.body, R"({"records":[{"index":3,"record":{"x":1}},)"
                         R"({"index":5,"id":"11111111-1111-4111-8111-111111111111","erased":true}]})");
  EXPECT_EQ(answer.headers.find("Link"), "</audit?cursor=9-0&limit=2>; rel=\"next\"");
  EXPECT_EQ(answer.headers.find("Cache-Control"), "private, no-cache");
  EXPECT_EQ(answer.headers.find("Audit-Record"), store_.records.at(0).id.to_string() + "; index=0");
}

TEST_F(RegisterRoutesTest, RecordTheReadingUnderTheCaller) {
  get("/api/auditrecord?patientId=" + std::string(kPatient));
  const auto& record = store_.records.at(0);
  EXPECT_EQ(record.source_system_name, "AssayAudit");
  EXPECT_EQ(record.actor->id, "auditor");
  EXPECT_EQ(record.patient_id, Uuid::parse(kPatient));
  EXPECT_EQ(record.resource, (Resource{.type = "audit",
                                       .id = R"({"patientId":"22222222-2222-4222-8222-222222222222"})",
                                       .operation = "search"}));
}

TEST_F(RegisterRoutesTest, TellNothingWithoutARecord) {
  store_.is_away = true;
  for (const auto& answer : {get("/api/auditrecord"), get_accesses()}) {
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, StartsWith("\"Error creating audit log:"));
    EXPECT_EQ(answer.headers.find("Retry-After"), "1");
  }
  EXPECT_EQ(reader_.asked, std::nullopt);
  EXPECT_EQ(reader_.asked_accesses, std::nullopt);
}

TEST_F(RegisterRoutesTest, AnswerThatTheRegisterCannotBeRead) {
  reader_.is_away = true;
  EXPECT_EQ(get("/api/auditrecord").status, 503);
  EXPECT_EQ(get_accesses().status, 503);
}

TEST_F(RegisterRoutesTest, CountAccessesInASignedTreeThatHasTheirOwnRecord) {
  get("/api/auditrecord");
  const auto id = Uuid::parse("11111111-1111-4111-8111-111111111111").value();
  reader_.accesses = {.count = 4,
                      .accesses = {{.sequence = 2, .entry = {.index = 3, .id = id, .document = R"({"x":1})"}},
                                   {.sequence = 3, .entry = {.index = 5, .id = id, .document = ""}}},
                      .next = 4};
  const auto answer = get_accesses("?limit=2");
  EXPECT_EQ(reader_.asked_accesses->tree_size, 2);
  EXPECT_EQ(reader_.asked_accesses->first, 1);
  EXPECT_EQ(reader_.asked_accesses->last, std::nullopt);
  EXPECT_THAT(answer.body, StartsWith(R"({"patientId":"22222222-2222-4222-8222-222222222222","count":4,)"
                                      R"("checkpoint":"log.test/1\n2\n)"));
  EXPECT_THAT(answer.body,
              HasSubstr(R"("accesses":[{"sequence":2,"index":3,"record":{"x":1},)"
                        R"("proof":"/audit/11111111-1111-4111-8111-111111111111/proof"},)"
                        R"({"sequence":3,"index":5,"id":"11111111-1111-4111-8111-111111111111","erased":true}]})"));
  EXPECT_EQ(answer.headers.find("Link"),
            "</patient/22222222-2222-4222-8222-222222222222/accesses?cursor=4-4&limit=2>; rel=\"next\"");
  EXPECT_EQ(store_.records.at(1).resource->operation, "read");
  EXPECT_EQ(store_.records.at(1).patient_id, Uuid::parse(kPatient));
}

TEST_F(RegisterRoutesTest, GoOnWithAccessesUpToTheLastOfTheFirstPage) {
  reader_.accesses = {.count = 9, .accesses = {}, .next = 6};
  const auto answer = get_accesses("?cursor=4-7&limit=2");
  EXPECT_EQ(reader_.asked_accesses->first, 4);
  EXPECT_EQ(reader_.asked_accesses->last, 7);
  EXPECT_THAT(std::string(answer.headers.find("Link").value_or("")), HasSubstr("cursor=6-7&"));
  const auto made_up = get_accesses("?cursor=4-9223372036854775807&limit=2");
  EXPECT_THAT(std::string(made_up.headers.find("Link").value_or("")), HasSubstr("cursor=6-9&"));
}

}  // namespace
}  // namespace assay::audit
