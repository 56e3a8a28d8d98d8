#pragma once

#include <cstddef>
#include <string>

#include "base/error.hpp"

namespace assay {

/// Of a text that the audit trail keeps as somebody's statement: a reason, a purpose, a name. In bytes of UTF-8.
inline constexpr std::size_t kLongestStatement = 256;

/// Checks the reason of an erasure, which the audit trail keeps for ever: 1 to kLongestStatement bytes of UTF-8 without
/// control characters, else a Problem 400 that names the fault.
Result<std::string> check_reason(std::string reason);

}  // namespace assay
