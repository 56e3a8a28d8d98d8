#include "app/replaced_log.hpp"

#include <fstream>
#include <iterator>

#include "audit/head_file.hpp"
#include "base/private_file.hpp"

namespace assay::app {

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

/// The folder that the mark of a restore names; empty when there is none. What follows in the mark is not of here.
fs::path folder_of(const PartFolder& audit) {
  if (!fs::exists(audit.restored_mark())) return {};
  auto name = content_of(audit.restored_mark());
  if (name.ends_with('\n')) name.pop_back();
  if (!name.starts_with("replaced-") || name.find('/') != std::string::npos) return {};
  return audit.path() / name;
}

}  // namespace

void note_restored(const PartFolder& audit, const std::string& replaced) {
  if (folder_of(audit).empty()) replace_private_file(audit.restored_mark(), replaced + "\n");
}

fs::path keep_replaced_head(const PartFolder& audit, const fs::path& head_file) {
  auto folder = folder_of(audit);
  if (folder.empty() || audit::HeadFile(head_file).read().empty()) return {};
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::owner_all);
  replace_private_file(folder / "log.head", content_of(head_file));
  make_durable(audit.path());
  return folder;
}

}  // namespace assay::app
