#include "secrets/vault_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "secrets/grants.hpp"

namespace assay::secrets {

std::string vault_policy(std::string_view identity, const VaultPlace& place) {
  if (std::ranges::find(kIdentities, identity) == std::end(kIdentities)) {
    throw Refusal(fmt::format("there is no identity {}: name one of {}", identity, fmt::join(kIdentities, ", ")));
  }
  std::string policy = fmt::format("# Assay, identity {}: it reads these secrets and no other.\n", identity);
  for (const auto& grant : grants()) {
    if (!may_read(identity, grant.name)) continue;
    fmt::format_to(std::back_inserter(policy), "\npath \"{}/data/{}{}\" {{\n  capabilities = [\"read\"]\n}}\n",
                   place.mount, place.prefix, grant.name);
  }
  if (identity == kAudit) {
    fmt::format_to(std::back_inserter(policy),
                   "\n# It records who changed a secret and when, and sees no value for that.\n"
                   "path \"{0}/metadata/{1}\" {{\n  capabilities = [\"list\"]\n}}\n"
                   "\npath \"{0}/metadata/{1}+\" {{\n  capabilities = [\"read\"]\n}}\n",
                   place.mount, place.prefix);
  }
  return policy;
}

}  // namespace assay::secrets
