#pragma once

#include <filesystem>

#include "http/message.hpp"

namespace assay::app {

/// Asks the gateway's operator side of that data directory: through its socket when it runs, else its function on
/// the database itself, which is held meanwhile. Throws Refusal when there is no register.
http::Response call_gateway(const std::filesystem::path& data_directory, http::Request request);

}  // namespace assay::app
