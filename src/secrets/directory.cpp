#include "secrets/directory.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/private_file.hpp"

namespace assay::secrets {

namespace {

template <class Key>
Key parsed(std::optional<Key> key, const std::filesystem::path& path) {
  if (!key) throw Refusal(fmt::format("{} holds no valid key; make the secrets again or restore it", path.string()));
  return std::move(*key);
}

}  // namespace

Directory::Directory(std::filesystem::path folder) : folder_(std::move(folder)) { require_private_folder(folder_); }

SensitiveText Directory::get(std::string_view name) const {
  auto text = read_private_file(folder_ / name, kLargestSecret);
  if (text.ends_with('\n')) text.pop_back();
  if (text.empty()) throw Refusal(fmt::format("{} is empty; put the secret into it", (folder_ / name).string()));
  return SensitiveText(std::move(text));
}

bool Directory::has(std::string_view name) const { return std::filesystem::exists(folder_ / name); }

void Directory::put(std::string_view name, const SensitiveText& secret) const {
  replace_private_file(folder_ / name, secret.reveal());
}

SigningKey Directory::signing_key(std::string_view name) const {
  return parsed(SigningKey::parse(get(name)), folder_ / name);
}

}  // namespace assay::secrets
