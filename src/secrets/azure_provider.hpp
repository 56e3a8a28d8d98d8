#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "secrets/azure_options.hpp"
#include "secrets/azure_session.hpp"
#include "secrets/provider.hpp"

namespace assay::secrets {

/// Secrets in Azure Key Vault, by its REST interface 7.4. A version is named by the vault's hexadecimal digits, and who
/// made it stands in its tag `changed-by`. Disabled versions count as none. The vault's names have no dots: each is
/// written as two hyphens there.
class AzureProvider final : public Provider {
 public:
  /// Throws Refusal when the vault's address is none. Nothing is sent before the first call.
  AzureProvider(AzureOptions options, const Clock& clock);

  std::string place() const override;
  Secret read(std::string_view name) override;
  std::vector<std::string> names() override;
  std::vector<VersionNote> versions(std::string_view name) override;
  std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) override;

 private:
  struct Listed {
    std::string id;
    std::int64_t created = 0;  ///< seconds since 1970
    std::string changed_by;
  };

  /// Nothing when there is no such secret or version.
  std::optional<SecretVersion> look(std::string_view name, std::string_view version);
  /// Those that aren't disabled, newest first.
  std::vector<Listed> list(std::string_view name);
  /// False when there is none at that path.
  bool for_each(std::string_view path, std::string_view subject, const std::function<void(const json::value&)>& take);
  std::string url_of(std::string_view path) const;
  [[noreturn]] void refuse(int status, std::string_view action, std::string_view subject) const;
  [[noreturn]] void refuse_missing(std::string_view name) const;

  AzureSession session_;
};

}  // namespace assay::secrets
