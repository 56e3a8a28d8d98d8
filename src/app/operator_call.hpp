#pragma once

#include <filesystem>
#include <string_view>

#include "base/json.hpp"
#include "http/message.hpp"

namespace assay::app {

/// Asks the gateway's operator side of that data directory: through its socket when it runs, else its function on
/// the database itself, which is held meanwhile. Waits about two seconds for a process that is starting and for other
/// commands. Throws Refusal when there is no register, or after that wait.
http::Response call_gateway(const std::filesystem::path& data_directory, const http::Request& request);

/// Likewise of the audit part.
http::Response call_audit(const std::filesystem::path& data_directory, const http::Request& request);

/// What a part answered to an operator; throws Refusal with its sentence when it refused. Null for an empty answer.
json::value answer_of(std::string_view part, const http::Response& response);

}  // namespace assay::app
