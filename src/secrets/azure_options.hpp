#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "base/sensitive.hpp"

namespace assay::secrets {

/// An identity that the platform vouches for. Functions and container apps tell `endpoint` and `header` in the
/// environment, as IDENTITY_ENDPOINT and IDENTITY_HEADER; without them a virtual machine's metadata service is asked.
struct AzureManagedIdentity {
  std::string client_id = {};  ///< of a user-assigned identity; empty: the system's
  std::string endpoint = {};
  SensitiveText header = {};
  std::string metadata_service = "http://169.254.169.254";
};

struct AzureClientCredentials {
  std::string tenant;
  std::string client_id;
  std::filesystem::path secret_file;
  std::string authority = "https://login.microsoftonline.com";
};

using AzureLogin = std::variant<AzureManagedIdentity, AzureClientCredentials>;

struct AzureOptions {
  std::string vault;  ///< https://clinic.vault.azure.net
  std::filesystem::path ca_file = {};
  std::string resource = "https://vault.azure.net";  ///< whom the tokens are for; other clouds have their own
  AzureLogin login;
};

}  // namespace assay::secrets
