#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "secrets/provider.hpp"
#include "secrets/vault_options.hpp"
#include "secrets/vault_session.hpp"

namespace assay::secrets {

/// Secrets in HashiCorp Vault or OpenBao: each in the field `value` of its own path of an engine KV version 2. A
/// version is named by the vault's number. Deleted and destroyed versions count as none. Who made a version stands in
/// the path's custom metadata, as `changed-by-NUMBER`.
class VaultProvider final : public Provider {
 public:
  /// Throws Refusal when the address is none. Nothing is sent before the first call.
  VaultProvider(VaultOptions options, const Clock& clock);

  std::string place() const override;
  Secret read(std::string_view name) override;
  std::vector<std::string> names() override;
  std::vector<VersionNote> versions(std::string_view name) override;
  /// Throws Refusal, having changed nothing, when somebody else makes a version at the same time. A version whose maker
  /// can't be noted, as where the policy lacks `patch`, is there all the same.
  std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) override;

 private:
  /// A version as the vault tells of it.
  struct Told {
    std::int64_t version = 0;            ///< zero: there is none
    std::optional<SensitiveText> value;  ///< nothing when it was deleted, or isn't ours
  };

  Told look(std::string_view name, std::optional<std::int64_t> version);
  std::optional<json::value> metadata(const std::string& path);
  /// Throws Refusal when the mount is known to be an engine without versions, which would take a version for a value.
  void require_versions();
  void note_change(std::string_view name, std::int64_t version, std::string_view changed_by);
  std::string path_of(std::string_view kind, std::string_view name) const;
  [[noreturn]] void refuse(int status, std::string_view path, std::string_view capability) const;
  Refusal missing(std::string_view name) const;

  VaultSession session_;
  const Clock& clock_;
};

}  // namespace assay::secrets
