#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/grants.hpp"
#include "secrets/provider.hpp"

namespace assay::secrets {

/// A new value for a secret that the program makes itself.
SensitiveText make_value(const Grant& grant, Random& random);

/// Whether the program makes the secret at the beginning, for itself.
bool is_made_first(const Grant& grant);

/// Makes in the provider what it lacks of the secrets that the program makes itself, and returns their names. Broken
/// off anywhere, the next call goes on. Throws as the provider does.
std::vector<std::string> make_missing(Provider& provider, std::string_view changed_by, Random& random);

/// What those who check the secret know of that value: a host key's SHA-256, or a signing key's public half.
ListedKey listed_key(const Grant& grant, const SensitiveText& value);
KeyForm key_form(const Grant& grant);

}  // namespace assay::secrets
