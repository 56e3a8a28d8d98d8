#include "secrets/part_folders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "secrets/grants.hpp"

namespace assay::secrets {

std::string PartFolders::place() const { return fmt::format("the folder {}", root_.string()); }

FolderProvider PartFolders::folder_of_first_reader(std::string_view name) const {
  return FolderProvider(root_ / require_grant(name).readers.front());
}

Secret PartFolders::read(std::string_view name) { return folder_of_first_reader(name).read(name); }

std::vector<std::string> PartFolders::names() {
  std::vector<std::string> names;
  for (const auto& grant : grants()) {
    if (std::filesystem::exists(root_ / grant.readers.front() / grant.name)) names.emplace_back(grant.name);
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> PartFolders::readers(std::string_view name) const {
  std::vector<std::string> readers;
  for (const auto identity : kIdentities) {
    if (std::filesystem::exists(root_ / identity / name)) readers.emplace_back(identity);
  }
  return readers;
}

std::vector<VersionNote> PartFolders::versions(std::string_view name) {
  return folder_of_first_reader(name).versions(name);
}

std::string PartFolders::write(std::string_view name, const SensitiveText& value, std::string_view changed_by) {
  std::string first;
  for (const auto reader : require_grant(name).readers) {
    auto version = FolderProvider(root_ / reader).write(name, value, changed_by);
    if (first.empty()) first = std::move(version);
  }
  return first;
}

}  // namespace assay::secrets
