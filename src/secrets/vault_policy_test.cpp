#include "secrets/vault_policy.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.hpp"
#include "secrets/grants.hpp"

namespace assay::secrets {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(VaultPolicy, AllowsToReadExactlyWhatAnIdentityIsGranted) {
  for (const auto identity : kIdentities) {
    const auto policy = vault_policy(identity, {});
    for (const auto& grant : grants()) {
      const auto path = fmt::format("path \"secret/data/assay/{}\" {{\n  capabilities = [\"read\"]\n}}\n", grant.name);
      if (may_read(identity, grant.name)) {
        EXPECT_THAT(policy, HasSubstr(path));
      } else {
        EXPECT_THAT(policy, Not(HasSubstr(fmt::format("/{}\"", grant.name))));
      }
    }
    EXPECT_THAT(policy, Not(HasSubstr("*")));
  }
}

TEST(VaultPolicy, NamesThePlaceThatIsSet) {
  EXPECT_THAT(vault_policy("audit", {.mount = "kv", .prefix = ""}), HasSubstr("path \"kv/data/audit-log-key\" {"));
}

TEST(VaultPolicy, RefusesAnUnknownIdentity) {
  EXPECT_THAT([] { vault_policy("nobody", {}); },
              testing::ThrowsMessage<Refusal>(HasSubstr("gateway, patients, audit")));
}

}  // namespace
}  // namespace assay::secrets
