#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "secrets/folder_provider.hpp"

namespace assay::secrets {

/// The operator's view of the folders that `assay secrets init` makes: a secret lies in the folder of each part that
/// is granted it.
class PartFolders final : public Provider {
 public:
  explicit PartFolders(std::filesystem::path root) : root_(std::move(root)) {}

  std::string place() const override;
  Secret read(std::string_view name) override;
  std::vector<std::string> names() override;
  std::vector<VersionNote> versions(std::string_view name) override;
  std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) override;

  /// The parts in whose folder it lies.
  std::vector<std::string> readers(std::string_view name) const;

 private:
  FolderProvider folder_of_first_reader(std::string_view name) const;

  std::filesystem::path root_;
};

}  // namespace assay::secrets
