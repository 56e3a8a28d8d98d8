#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/sensitive.hpp"
#include "http/https_call.hpp"
#include "secrets/azure_options.hpp"

namespace assay::secrets {

/// Calls to an Azure Key Vault with an access token that is kept until five minutes before its end. Safe from any
/// thread.
class AzureSession {
 public:
  /// Throws Refusal when the vault's address is none. Nothing is sent before the first call.
  AzureSession(AzureOptions options, const Clock& clock);

  /// Throws Unavailable while the vault or the login can't be reached or asks to wait, and Refusal when the login is
  /// refused. Any other answer is the caller's.
  http::HttpsAnswer call(const std::string& method, const std::string& url,
                         const std::optional<SensitiveText>& body = {});

  /// Without a slash at its end.
  const std::string& vault() const { return options_.vault; }
  /// For sentences: "the key vault https://clinic.vault.azure.net".
  std::string place() const;

 private:
  struct Held {
    SensitiveText token;
    Timestamp replaced_from;
    Timestamp end;
  };

  http::HttpsAnswer send(http::HttpsRequest request) const;
  http::HttpsAnswer send_with(const SensitiveText& token, http::HttpsRequest request) const;
  void forget(const SensitiveText& token);

  // These hold the mutex.
  SensitiveText token();
  Held log_in_with(const AzureManagedIdentity& login, Timestamp now) const;
  Held log_in_with(const AzureClientCredentials& login, Timestamp now) const;
  Held granted(const http::HttpsAnswer& answer, Timestamp now, const std::string& refusal) const;

  AzureOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Held> held_;
};

}  // namespace assay::secrets
