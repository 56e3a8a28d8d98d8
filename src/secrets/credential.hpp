#pragma once

#include <string_view>

#include "base/sensitive.hpp"
#include "http/message.hpp"

namespace assay::secrets {

/// A key that came with a request.
struct Credential {
  SensitiveText text;      ///< empty when there was none
  bool ambiguous = false;  ///< it was given more than once, wherever
};

/// Takes a key out of a request, from the header or from the query; afterwards the request has neither. Nobody
/// further on has a use for it.
Credential take_credential(http::Request& request, std::string_view header, std::string_view parameter);

}  // namespace assay::secrets
