#include <gmock/gmock.h>

#include "gateway/testing.hpp"

namespace assay::gateway {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kKeyHeader = "Ocp-Apim-Subscription-Key";

class AuditRoutesTest : public testing::Test {
 protected:
  static http::Response get(TestGateway& gateway, std::string target, std::string_view key = {}) {
    http::Request request;
    request.target = std::move(target);
    request.context.trace = telemetry::TraceContext::begin(gateway.random);
    if (!key.empty()) request.headers.add(kKeyHeader, key);
    return gateway.ask(std::move(request));
  }

  TestGateway gateway_;
  std::string key_ = gateway_.subscribe("laboratory");
  std::string auditor_ = gateway_.subscribe("auditor", R"(["audit:read"])");
};

TEST_F(AuditRoutesTest, TheLogNeedsNoKeyAndTellsTheServiceOfNoCaller) {
  gateway_.audit_answer.headers.add("Cache-Control", "public, max-age=31536000, immutable");
  const auto answer = get(gateway_, "/log/tile/0/000");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(gateway_.arrived_at_audit->target, "/api/log/tile/0/000");
  EXPECT_FALSE(gateway_.arrived_at_audit->context.principal);
}

TEST_F(AuditRoutesTest, ALogThatIsNotPublicIsForThoseWhoMayReadTheAudit) {
  TestGateway closed(false);
  closed.audit_answer.headers.add("Cache-Control", "public, max-age=31536000, immutable");
  const auto key = closed.subscribe("laboratory");
  const auto auditor = closed.subscribe("auditor", R"(["audit:read"])");
  EXPECT_EQ(get(closed, "/log/checkpoint").status, 401);
  EXPECT_EQ(get(closed, "/log/checkpoint", key).status, 403);
  EXPECT_FALSE(closed.arrived_at_audit);
  const auto answer = get(closed, "/log/checkpoint", auditor);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.find("Cache-Control"), "private, no-cache");
}

TEST_F(AuditRoutesTest, WhatTheLogHasNotIsRefusedInTheGatewaysFormAndKeptByNoCache) {
  TestGateway closed(false);
  const auto auditor = closed.subscribe("auditor", R"(["audit:read"])");
  gateway_.audit_answer = closed.audit_answer = http::respond(404, R"("The service's own text.")");
  for (const auto& answer : {get(gateway_, "/log/tile/0/001"), get(closed, "/log/tile/0/001", auditor)}) {
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, R"({"statusCode":404,"message":"The log has no such tile."})");
    EXPECT_EQ(answer.headers.find("Cache-Control"), "no-store");
  }
  for (const auto& answer : {get(gateway_, "/log"), get(closed, "/log/checkpoint")}) {
    EXPECT_EQ(answer.headers.find("Cache-Control"), "no-store");
  }
}

TEST_F(AuditRoutesTest, ProofsAreForEveryKeyAndTheServiceDecides) {
  for (const std::string what : {"proof", "disclosures"}) {
    EXPECT_EQ(get(gateway_, "/audit/7/" + what).status, 401);
    EXPECT_EQ(get(gateway_, "/audit/7/" + what + "?limit=2", key_).status, 200);
    EXPECT_EQ(gateway_.arrived_at_audit->target, "/api/auditrecord/7/" + what + "?limit=2");
    EXPECT_EQ(gateway_.arrived_at_audit->context.principal->name, "laboratory");
    EXPECT_EQ(gateway_.arrived_at_audit->context.principal->scope,
              "patients:read patients:write tests:read tests:write");
  }
}

TEST_F(AuditRoutesTest, TheRegisterIsForThoseWhoMayReadTheAudit) {
  for (const auto& [target, at_service] :
       {std::pair{"/audit?actor=x", "/api/auditrecord?actor=x"}, {"/patient/7/accesses", "/api/patient/7/accesses"}}) {
    EXPECT_EQ(get(gateway_, target).status, 401);
    const auto refused = get(gateway_, target, key_);
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("audit:read"));
    EXPECT_EQ(get(gateway_, target, auditor_).status, 200);
    EXPECT_EQ(gateway_.arrived_at_audit->target, at_service);
    EXPECT_FALSE(gateway_.arrived);
  }
  EXPECT_THAT(gateway_.reporter.refusals, SizeIs(2));
}

TEST_F(AuditRoutesTest, ARefusedHostKeyIsNotTheCallersFault) {
  gateway_.audit_answer = http::respond(401, "x");
  EXPECT_EQ(get(gateway_, "/log/checkpoint").status, 503);
}

}  // namespace
}  // namespace assay::gateway
