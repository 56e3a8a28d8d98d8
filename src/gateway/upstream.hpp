#pragma once

#include <optional>

#include "base/error.hpp"
#include "base/principal.hpp"
#include "http/message.hpp"

namespace assay::gateway {

inline constexpr std::string_view kOnBehalfOfHeader = "Assay-On-Behalf-Of";
inline constexpr std::string_view kPurposeOfUseHeader = "Assay-Purpose-Of-Use";

/// Puts the reason that a body states (`{"reason": "…"}`) into the principal, as the purpose of use. Leaves it to the
/// service to refuse a body without one.
void take_reason(const http::Request& request, Principal& principal);

/// Puts into the principal what the caller states about the person and the purpose behind the call. Problem 400
/// when one of the two is given twice, is longer than 256 bytes, or is no text in UTF-8.
Result<void> read_assertions(const http::Headers& headers, Principal& principal);

/// The request as the services get it: their own path, the headers that they read, and who asks.
http::Request to_service(http::Request request, std::optional<Principal> principal);

}  // namespace assay::gateway
