#pragma once

#include <filesystem>

#include "secrets/directory.hpp"
#include "secrets/provider.hpp"

namespace assay::secrets {

/// A folder of files of mode 0600, one a secret, as orchestrators mount them; the version before lies beside it, named
/// with ".previous". A version is named by its file's time and number.
class FolderProvider final : public Provider {
 public:
  /// Throws Refusal when the folder can't be read or others may read it.
  explicit FolderProvider(const std::filesystem::path& folder);

  std::string place() const override;
  Secret read(std::string_view name) override;
  std::vector<std::string> names() override;
  std::vector<VersionNote> versions(std::string_view name) override;
  std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) override;

 private:
  std::filesystem::path folder_;
  Directory files_;
};

}  // namespace assay::secrets
