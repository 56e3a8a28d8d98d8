#pragma once

#include <filesystem>

#include "http/message.hpp"

namespace assay::app {

/// Asks the gateway's operator side of that data directory: through its socket when it runs, else its function on
/// the database itself, which is held meanwhile. Waits about two seconds for a process that is starting and for other
/// commands. Throws Refusal when there is no register, or after that wait.
http::Response call_gateway(const std::filesystem::path& data_directory, const http::Request& request);

}  // namespace assay::app
