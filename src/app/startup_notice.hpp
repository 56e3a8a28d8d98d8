#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/sensitive.hpp"
#include "http/server.hpp"

namespace assay::app {

struct StartupNotice {
  std::string command;
  http::TcpAddress address;
  http::TcpAddress metrics_address;
  std::filesystem::path data_directory;
};

/// Says on standard output where the program listens and, with a key made just now, how to make the first
/// request. The key is shown on a terminal; otherwise it goes to a file of mode 0600 whose path is shown.
void print_startup_notice(const StartupNotice& notice, const std::optional<SensitiveText>& first_key);

}  // namespace assay::app
