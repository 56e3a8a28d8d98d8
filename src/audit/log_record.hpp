#pragma once

#include <string_view>

#include "audit/record.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/random.hpp"

namespace assay::audit {

/// The record of what was done to the log itself: "restore" or "rotate".
NewRecord log_record(std::string_view operation, const json::object& what, const Principal& who, Random& random,
                     const Clock& clock);

}  // namespace assay::audit
