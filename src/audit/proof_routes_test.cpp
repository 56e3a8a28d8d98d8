#include "audit/proof_routes.hpp"

#include <gmock/gmock.h>

#include "audit/routes_fixture.hpp"
#include "audit/service.hpp"

namespace assay::audit {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Principal subscription(std::string id, std::string scope) {
  return {.kind = "subscription",
          .id = std::move(id),
          .name = "n",
          .on_behalf_of = "",
          .purpose_of_use = "",
          .scope = std::move(scope)};
}

class ProofRoutesTest : public RoutesTest {
 protected:
  ProofRoutesTest() { routes_.add_to(router_); }

  Uuid add_record(std::optional<Uuid> patient) {
    const auto id = Uuid::generate(random_);
    std::vector<NewRecord> records;
    records.push_back({.id = id,
                       .source_system_name = "PatientTestApi",
                       .resource = Resource{.type = "patient", .id = "x", .operation = "find"},
                       .actor = actor_,
                       .operation_id = std::string(32, 'a'),
                       .patient_id = patient,
                       .outcome = std::nullopt});
    EXPECT_TRUE(run_on(context_, store_.append(std::move(records), {})));
    return id;
  }
  void erase(std::size_t index) {
    store_.memory.records.at(index).salt.reset();
    store_.memory.records.at(index).document.clear();
  }

  http::Response get(const Principal& caller, const Uuid& id, const std::string& what) {
    http::Request request;
    request.target = "/api/auditrecord/" + id.to_string() + "/" + what;
    request.context.host_key = kGatewayKeyName;
    request.context.principal = caller;
    return run_on(context_, router_.handle(std::move(request)));
  }

  Principal actor_ = subscription("actor", "patients:read");
  Principal auditor_ = subscription("auditor", "audit:read");
  ProofRoutes routes_{store_, signer_, readings_};
};

TEST_F(ProofRoutesTest, CountAReadingByOthersAsAnAccessToTheRecordsPatient) {
  const auto patient = Uuid::generate(random_);
  const auto id = add_record(patient);
  for (const auto* what : {"proof", "disclosures"}) {
    EXPECT_EQ(get(auditor_, id, what).status, 200);
    const auto& reading = store_.records.back();
    EXPECT_EQ(reading.resource, (Resource{.type = "audit", .id = id.to_string(), .operation = "read"}));
    EXPECT_EQ(reading.patient_id, patient);
  }
  EXPECT_EQ(get(auditor_, add_record(std::nullopt), "proof").status, 200);
  EXPECT_EQ(store_.records.back().patient_id, std::nullopt);
}

TEST_F(ProofRoutesTest, RecordNoReadingByTheActor) {
  const auto id = add_record(Uuid::generate(random_));
  EXPECT_EQ(get(actor_, id, "proof").status, 200);
  EXPECT_THAT(store_.records, SizeIs(1));
}

TEST_F(ProofRoutesTest, TakeNoParametersButTheirOwn) {
  const auto id = add_record(std::nullopt);
  for (const auto* query : {"proof?index=0", "proof?a", "proof?a=%zz", "disclosures?limit=1&limit=2",
                            "disclosures?curser=1", "disclosures?cursor=%", "disclosures?limit="}) {
    EXPECT_EQ(get(auditor_, id, query).status, 400) << query;
  }
  EXPECT_THAT(store_.records, SizeIs(1));
  EXPECT_EQ(get(auditor_, id, "proof?").status, 200);
  EXPECT_EQ(get(auditor_, id, "disclosures?limit=1&cursor=0").status, 200);
}

TEST_F(ProofRoutesTest, TellWhoMayReadAllAloneThatARecordWasErased) {
  const auto id = add_record(Uuid::generate(random_));
  erase(0);
  EXPECT_EQ(get(auditor_, id, "proof").status, 410);
  EXPECT_EQ(store_.records.back().patient_id, std::nullopt);
  for (const auto* what : {"proof", "disclosures"}) {
    const auto answer = get(actor_, id, what);
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.headers.find("Cache-Control"), "no-store");
    EXPECT_THAT(answer.body, HasSubstr("Records of others and erased ones"));
  }
  EXPECT_THAT(store_.records, SizeIs(2));
}

}  // namespace
}  // namespace assay::audit
