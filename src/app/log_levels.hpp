#pragma once

#include <string_view>

#include "http/message.hpp"
#include "telemetry/log.hpp"

namespace assay::app {

inline constexpr std::string_view kLogLevelsPath = "/log/levels";

/// What the operators' side of a running part answers about its log: to GET the level of each part of the process, an
/// object of names; to PUT of {"level": …, "part": …} the same after the change. Without a part it is of all; a part
/// that is not of this process is 404.
http::Response answer_log_levels(const telemetry::Log& log, const http::Request& request);

}  // namespace assay::app
