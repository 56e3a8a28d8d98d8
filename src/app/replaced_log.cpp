#include "app/replaced_log.hpp"

#include <fstream>
#include <iterator>

#include "audit/head_file.hpp"
#include "audit/log_opening.hpp"
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

fs::path keep_replaced_log(const PartFolder& audit, const secrets::Directory& secrets, const fs::path& head_file) {
  auto folder = folder_of(audit);
  const bool has_key = secrets.has(audit::kLogKeyName);
  const bool has_head = !audit::HeadFile(head_file).read().empty();
  if (folder.empty() || (!has_key && !has_head)) return {};
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::owner_all);
  if (has_key) replace_private_file(folder / audit::kLogKeyName, secrets.get(audit::kLogKeyName).reveal());
  if (has_head) replace_private_file(folder / "log.head", content_of(head_file));
  make_durable(audit.path());
  return folder;
}

}  // namespace assay::app
