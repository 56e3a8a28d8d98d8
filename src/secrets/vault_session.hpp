#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/sensitive.hpp"
#include "http/https_call.hpp"
#include "secrets/token_lease.hpp"
#include "secrets/vault_options.hpp"

namespace assay::secrets {

/// Calls to a vault with a token that is renewed before it ends, and replaced by a new login when it can't be renewed
/// or is no longer known. Safe from any thread.
class VaultSession {
 public:
  /// Throws Refusal when the address is none. Nothing is sent before the first call.
  VaultSession(VaultOptions options, const Clock& clock);

  /// `path` is what follows /v1/. Throws Unavailable while the vault can't be reached, is sealed or a standby, and
  /// Refusal when it refuses the login. Any other answer is the caller's.
  http::HttpsAnswer call(const std::string& method, std::string_view path,
                         const std::optional<SensitiveText>& body = {});

  const VaultOptions& options() const { return options_; }
  /// For sentences: "the vault https://vault.example:8200".
  std::string place() const;

 private:
  struct Held {
    SensitiveText token;
    TokenLease lease;
  };
  /// What didn't prove who we are, and the sentence about it.
  struct RefusedProof {
    Bytes32 hash;
    std::string sentence;
    Timestamp kept_until;
  };

  http::HttpsAnswer send(const std::string& method, std::string_view path, const SensitiveText& token,
                         const std::optional<SensitiveText>& body) const;
  http::HttpsAnswer send_to_any_state(const std::string& method, std::string_view path, const SensitiveText& token,
                                      const std::optional<SensitiveText>& body) const;
  bool is_known(const SensitiveText& token) const;
  void forget(const SensitiveText& token);

  // These hold the mutex.
  SensitiveText token();
  bool renew(Timestamp now);
  Held log_in(Timestamp now);
  Held log_in_with(const VaultTokenFile& login, Timestamp now);
  Held log_in_with(const VaultAppRole& login, Timestamp now);
  Held log_in_with(const VaultKubernetes& login, Timestamp now);
  Held log_in_at(std::string_view mount, const SensitiveText& proof, std::string_view remedy, Timestamp now);

  VaultOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Held> held_;
  std::optional<RefusedProof> refused_;
};

}  // namespace assay::secrets
