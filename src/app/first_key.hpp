#pragma once

#include <optional>

#include "app/foundation.hpp"
#include "base/sensitive.hpp"
#include "http/message.hpp"

namespace assay::app {

/// Makes the subscription "first" on a gateway that has none, so that a newcomer has a key; nothing otherwise.
std::optional<SensitiveText> first_key(Foundation& foundation, const http::Handler& operator_handler);

}  // namespace assay::app
