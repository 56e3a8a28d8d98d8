#include "audit/forms.hpp"

#include <gmock/gmock.h>

#include "secrets/testing.hpp"

namespace assay::audit {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds(1'700'000'000'000)};
constexpr std::string_view kId = "11111111-1111-4111-8111-111111111111";
constexpr std::string_view kOperation = "0af7651916cd43dd8448eb211c80319c";

std::string claim_fault(std::string_view body) {
  const auto claim = read_claim(parse_json(body).value());
  return claim ? "" : claim.error().detail;
}

TEST(Claim, IsReadWithItsResource) {
  const auto claim =
      read_claim(parse_json(R"({"sourceSystemName":"X","resource":{"type":"t","id":"1","operation":"o"}})").value());
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->source_system_name, "X");
  EXPECT_EQ(claim->resource, (Resource{.type = "t", .id = "1", .operation = "o"}));
}

TEST(Claim, NeedsNoResourceAndNoResourceId) {
  EXPECT_EQ(claim_fault(R"({"sourceSystemName":"X"})"), "");
  EXPECT_EQ(claim_fault(R"({"sourceSystemName":" ","resource":{"type":"t","operation":"o"}})"), "");
}

TEST(Claim, IsAnsweredTheTextOfItsFault) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"([])", R"("value" must be of type object)"},
      {R"({})", R"("sourceSystemName" is required)"},
      {R"({"sourceSystemName":null})", R"("sourceSystemName" must be a string)"},
      {R"({"sourceSystemName":""})", R"("sourceSystemName" is not allowed to be empty)"},
      {R"({"sourceSystemName":"X","resource":null})", R"("resource" must be of type object)"},
      {R"({"sourceSystemName":"X","resource":{"operation":"o"}})", R"("resource.type" is required)"},
      {R"({"sourceSystemName":"X","resource":{"type":"t"}})", R"("resource.operation" is required)"},
      {R"({"sourceSystemName":"X","resource":{"type":"t","id":1,"operation":"o"}})",
       R"("resource.id" must be a string)"},
      {R"({"sourceSystemName":"X","resource":{"type":"t","operation":"o","zz":1}})", R"("resource.zz" is not allowed)"},
      {R"({"sourceSystemName":"X","id":"1"})", R"("id" must be a valid GUID)"},
      {R"({"sourceSystemName":"X","id":"11111111-1111-4111-8111-11111111111A"})", "Id unexpected."},
      {R"({"sourceSystemName":"X","createdDate":"2021-02-30"})", R"("createdDate" must be a valid date)"},
      {R"({"sourceSystemName":"X","createdDate":5})", R"("createdDate" must be a valid date)"},
      {R"({"sourceSystemName":"X","createdDate":"2020-01-01"})", "createdDate unexpected."},
      {R"({"sourceSystemName":"X","actor":{}})", R"("actor" is not allowed)"}};
  for (const auto& [body, text] : cases) EXPECT_EQ(claim_fault(body), text) << body;
}

TEST(Claim, IsAnsweredTheFirstOfItsFaults) {
  const std::string id = R"("id":"11111111-1111-4111-8111-111111111111",)";
  const std::string date = R"("createdDate":"2020-01-01",)";
  const std::string name = R"("sourceSystemName":"X",)";
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"("id":1,"createdDate":1)", R"("id" must be a string)"},
      {id + R"("createdDate":1,"sourceSystemName":1)", R"("createdDate" must be a valid date)"},
      {id + date + R"("sourceSystemName":1,"resource":1)", R"("sourceSystemName" must be a string)"},
      {id + date + name + R"("foo":1,"resource":{"zz":1,"operation":1,"id":1,"type":1})",
       R"("resource.type" must be a string)"},
      {id + date + name + R"("foo":1,"resource":{"zz":1,"operation":1,"id":1,"type":"t"})",
       R"("resource.id" must be a string)"},
      {id + date + name + R"("foo":1,"resource":{"zz":1,"operation":1,"id":"1","type":"t"})",
       R"("resource.operation" must be a string)"},
      {id + date + name + R"("foo":1,"resource":{"zz":1,"operation":"o","id":"1","type":"t"})",
       R"("resource.zz" is not allowed)"},
      {id + date + name + R"("foo":1)", R"("foo" is not allowed)"},
      {id + date + R"("sourceSystemName":"X")", "Id unexpected."},
      {date + R"("sourceSystemName":"X")", "createdDate unexpected."}};
  for (const auto& [fields, text] : cases) EXPECT_EQ(claim_fault("{" + fields + "}"), text) << fields;
}

class BatchForm : public testing::Test {
 protected:
  Result<std::vector<NewRecord>> read(const json::value& body, Timestamp now = kNow) {
    return read_batch(body, {.host_key = "audit-host-key", .operation_id = std::string(32, 'f')},
                      secrets::verifier_of(clock_, key_), now);
  }
  std::string fault(const json::object& record) {
    const auto records = read(json::array{a_record(), record});
    return records ? "" : records.error().detail;
  }
  static json::object a_record() { return {{"id", kId}, {"sourceSystemName", "PatientTestApi"}}; }
  static json::object with(std::string_view name, const json::value& value) {
    auto record = a_record();
    record[name] = value;
    return record;
  }
  std::string token() {
    return sign_principal(
        {.kind = "subscription", .id = "s", .name = "Clinic", .on_behalf_of = "Dr. A", .purpose_of_use = "TREAT"},
        kOperation, kNow, key_);
  }

  SystemRandom random_;
  SystemClock clock_;
  SigningKey key_ = SigningKey::generate(random_);
};

TEST_F(BatchForm, TakesAllThatARecordMayHave) {
  const auto records = read(parse_json(R"([{"id":"11111111-1111-4111-8111-111111111111","sourceSystemName":"X",
      "resource":{"type":"patient","id":"1","operation":"find"},"patientId":"22222222-2222-4222-8222-222222222222",
      "outcome":"not-found","outcomeOf":"33333333-3333-4333-8333-333333333333",
      "operationId":"0af7651916cd43dd8448eb211c80319c"}])")
                                .value());
  ASSERT_TRUE(records.has_value());
  const auto& record = records->front();
  EXPECT_EQ(record.id.to_string(), kId);
  EXPECT_EQ(record.source_system_name, "X");
  EXPECT_EQ(record.resource, (Resource{.type = "patient", .id = "1", .operation = "find"}));
  EXPECT_EQ(record.patient_id->to_string(), "22222222-2222-4222-8222-222222222222");
  EXPECT_EQ(record.outcome->result, "not-found");
  EXPECT_EQ(record.outcome->of.to_string(), "33333333-3333-4333-8333-333333333333");
  EXPECT_EQ(record.operation_id, kOperation);
}

TEST_F(BatchForm, TakesTheHostKeyAsTheActorOfWhatBearsNoPrincipal) {
  const auto records = read(json::array{a_record()});
  EXPECT_EQ(records->front().actor->kind, "host-key");
  EXPECT_EQ(records->front().actor->id, "audit-host-key");
  EXPECT_EQ(records->front().actor->name, "audit-host-key");
  EXPECT_EQ(records->front().operation_id, std::string(32, 'f'));
}

TEST_F(BatchForm, TakesActorAndOperationFromTheToken) {
  auto record = with("principal", json::value(token()));
  record["operationId"] = std::string(32, 'a');
  const auto records = read(json::array{record});
  ASSERT_TRUE(records.has_value());
  EXPECT_EQ(
      *records->front().actor,
      (Principal{
          .kind = "subscription", .id = "s", .name = "Clinic", .on_behalf_of = "Dr. A", .purpose_of_use = "TREAT"}));
  EXPECT_EQ(records->front().operation_id, kOperation);
}

TEST_F(BatchForm, TakesTheTokenOfAnEarlierRecordByItsPosition) {
  const auto records = read(json::array{with("principal", json::value(token())), with("principal", 0), a_record()});
  ASSERT_TRUE(records.has_value());
  EXPECT_EQ((*records)[1].actor->name, "Clinic");
  EXPECT_EQ((*records)[1].operation_id, kOperation);
  EXPECT_EQ((*records)[2].actor->kind, "host-key");
}

TEST_F(BatchForm, RefusesAPrincipalThatDoesNotVerify) {
  constexpr std::string_view kText = R"("[1].principal" must be a principal that was signed and has not expired)";
  for (const auto& principal :
       {json::value("x"), json::value(), json::value(0), json::value(1), json::value(-1), json::value(token() + "x")}) {
    EXPECT_EQ(fault(with("principal", principal)), kText) << principal;
  }
  const auto expired = read(json::array{with("principal", json::value(token()))}, kNow + kPrincipalLifetime);
  EXPECT_EQ(expired.error().detail, R"("[0].principal" must be a principal that was signed and has not expired)");
}

TEST_F(BatchForm, NamesTheRecordThatIsFaulty) {
  EXPECT_EQ(fault(with("id", 5)), R"("[1].id" must be a string)");
  EXPECT_EQ(fault(with("id", "x")), R"("[1].id" must be a valid GUID)");
  EXPECT_EQ(fault(with("id", "11111111-1111-4111-8111-11111111111A")), R"("[1].id" must be a GUID in lower case)");
  EXPECT_EQ(fault({{"sourceSystemName", "X"}}), R"("[1].id" is required)");
  EXPECT_EQ(fault({{"id", kId}}), R"("[1].sourceSystemName" is required)");
  EXPECT_EQ(fault(with("resource", json::object{{"type", "t"}})), R"("[1].resource.operation" is required)");
  EXPECT_EQ(fault(with("patientId", "1")), R"("[1].patientId" must be a valid GUID)");
  EXPECT_EQ(fault(with("outcome", "failed")), R"("[1].outcomeOf" is required)");
  EXPECT_EQ(fault(with("outcomeOf", json::value(kId))), R"("[1].outcome" is required)");
  EXPECT_EQ(
      fault(with("outcome", "perhaps")),
      R"("[1].outcome" must be one of [not-found, not-modified, precondition-failed, conflict, failed, done, not-done])");
  EXPECT_EQ(fault(with("operationId", "12")), R"("[1].operationId" must be 32 hexadecimal digits in lower case)");
  EXPECT_EQ(fault(with("actor", json::object{})), R"("[1].actor" is not allowed)");
  EXPECT_EQ(fault(with("createdDate", "2020-01-01")), R"("[1].createdDate" is not allowed)");
  EXPECT_EQ(read(json::array{5}).error().detail, R"("[0]" must be of type object)");
}

TEST_F(BatchForm, TakesOneToTwoThousandRecords) {
  EXPECT_EQ(read(json::object{}).error().detail, R"("value" must be an array)");
  EXPECT_EQ(read(json::array{}).error().detail, R"("value" must contain at least 1 items)");
  json::array many;
  for (int i = 0; i < 2000; ++i) many.push_back(a_record());
  EXPECT_TRUE(read(many).has_value());
  many.push_back(a_record());
  EXPECT_EQ(read(many).error().detail, R"("value" must contain less than or equal to 2000 items)");
}

}  // namespace
}  // namespace assay::audit
