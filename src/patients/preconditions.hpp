#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "http/message.hpp"
#include "patients/store.hpp"

namespace assay::patients {

/// If-Match (RFC 9110 section 13.1.1): tags compare strongly, so a weak one matches nothing. One that is malformed is
/// a Problem 400.
Result<Precondition> read_if_match(const http::Headers& headers);

/// Both conditions of an update: If-Match, and If-None-Match (RFC 9110 section 13.1.2), whose tags compare weakly. One
/// that is malformed is a Problem 400.
Result<Precondition> read_preconditions(const http::Headers& headers);

/// Whether the If-None-Match of a load names the version: tags compare weakly, and a header that is malformed names
/// nothing.
bool names_version(const http::Headers& headers, Timestamp last_updated);

}  // namespace assay::patients
