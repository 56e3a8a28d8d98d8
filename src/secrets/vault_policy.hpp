#pragma once

#include <string>
#include <string_view>

#include "secrets/vault_options.hpp"

namespace assay::secrets {

/// The vault's policy for an identity, in HCL: reading exactly what it is granted, and nothing else. Throws Refusal
/// for an unknown identity.
std::string vault_policy(std::string_view identity, const VaultPlace& place);

}  // namespace assay::secrets
