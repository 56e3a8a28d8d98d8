#pragma once

#include <filesystem>
#include <string>
#include <variant>

namespace assay::secrets {

/// A token in a file, which may be exchanged while the program runs.
struct VaultTokenFile {
  std::filesystem::path file;
};

struct VaultAppRole {
  std::string mount = "approle";
  std::string role_id;
  std::filesystem::path secret_id_file;
};

struct VaultKubernetes {
  std::string mount = "kubernetes";
  std::string role;
  std::filesystem::path token_file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
};

using VaultLogin = std::variant<VaultTokenFile, VaultAppRole, VaultKubernetes>;

/// Where in a vault the secrets lie, in an engine of the kind KV version 2.
struct VaultPlace {
  std::string mount = "secret";
  std::string prefix = "assay/";  ///< before each name; ends in a slash, or is empty
};

/// HashiCorp Vault or OpenBao, which speak the same.
struct VaultOptions {
  std::string address;  ///< https://vault.example:8200
  std::filesystem::path ca_file = {};
  std::string name_space = {};  ///< empty: none
  VaultPlace place = {};
  VaultLogin login;
};

}  // namespace assay::secrets
