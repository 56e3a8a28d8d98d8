#pragma once

#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/grants.hpp"

namespace assay::secrets {

/// A new value for a secret that the program makes itself.
SensitiveText make_value(const Grant& grant, Random& random);

/// What those who check the secret know of that value: a host key's SHA-256, or a signing key's public half.
ListedKey listed_key(const Grant& grant, const SensitiveText& value);
KeyForm key_form(const Grant& grant);

}  // namespace assay::secrets
