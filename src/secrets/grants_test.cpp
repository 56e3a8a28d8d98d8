#include "secrets/grants.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace assay::secrets {
namespace {

std::vector<std::string_view> readable_by(std::string_view identity) {
  std::vector<std::string_view> names;
  for (const auto& grant : grants()) {
    if (may_read(identity, grant.name)) names.push_back(grant.name);
  }
  return names;
}

TEST(Grants, AreThoseOfTheContract) {
  EXPECT_THAT(readable_by(kGateway), testing::UnorderedElementsAre("patients-host-key", "audit-gateway-key",
                                                                   "principal-key", "gateway-store"));
  EXPECT_THAT(readable_by(kPatients),
              testing::UnorderedElementsAre("audit-host-key", "patients-host-key.verifier", "principal-key.pub",
                                            "cursor-key", "patients-store"));
  EXPECT_THAT(readable_by(kAudit),
              testing::UnorderedElementsAre("audit-host-key.verifier", "audit-gateway-key.verifier",
                                            "principal-key.pub", "audit-log-key", "audit-store"));
}

TEST(Grants, NeverGiveTheOwnerOfAHostKeyTheKey) {
  for (const auto& grant : grants()) {
    if (!grant.derived.ends_with(".verifier")) continue;
    for (const auto owner : find_grant(grant.derived)->readers) EXPECT_FALSE(may_read(owner, grant.name)) << grant.name;
  }
}

TEST(Grants, KnowNoOtherNames) {
  EXPECT_EQ(find_grant("database-password"), nullptr);
  EXPECT_FALSE(may_read(kGateway, "database-password"));
  EXPECT_FALSE(may_read("operator", "principal-key"));
}

}  // namespace
}  // namespace assay::secrets
