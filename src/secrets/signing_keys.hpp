#pragma once

#include <string>
#include <vector>

#include "base/signature.hpp"

namespace assay::secrets {

struct SigningKeyVersion {
  std::string id;  ///< as its provider names it
  SigningKey key;
};

using SigningKeys = std::vector<SigningKeyVersion>;  ///< the newest first

}  // namespace assay::secrets
