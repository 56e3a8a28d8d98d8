#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::app {

enum class OutputForm { kText, kJson };

/// The operators' commands on subscriptions: through the socket of a running gateway, or on the database of a
/// stopped one. They print what was asked for and return the exit code; a refused change is one sentence on
/// standard error.
int create_subscription(const std::filesystem::path& data_directory, const std::string& name,
                        const std::vector<std::string>& scopes, OutputForm form);
int list_subscriptions(const std::filesystem::path& data_directory, OutputForm form);
int regenerate_key(const std::filesystem::path& data_directory, const std::string& name, const std::string& key,
                   OutputForm form);
/// `verb` is "suspend", "activate" or "delete".
int change_subscription(const std::filesystem::path& data_directory, const std::string& name, const std::string& verb,
                        OutputForm form);

}  // namespace assay::app
