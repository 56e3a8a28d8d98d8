#include "secrets/sealed_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/private_file.hpp"
#include "secrets/change_lock.hpp"
#include "secrets/sealed_provider.hpp"

namespace assay::secrets {

SealedStore::SealedStore(std::filesystem::path file, OperatorKey key, std::vector<IdentityKey> openers,
                         std::filesystem::path newest_file, const Clock& clock)
    : file_(std::move(file)),
      key_(std::move(key)),
      openers_(std::move(openers)),
      newest_(std::move(newest_file), key_.verifying_key()),
      clock_(clock) {
  openers_.push_back(key_.identity());
}

std::string SealedStore::place() const { return place_of_sealed_file(file_); }

SealedDocument SealedStore::document() {
  const auto text = read_private_file(file_, kLargestSealedFile);
  auto document = parse_sealed_document(text, key_.verifying_key());
  if (!document) throw Refusal(fmt::format("{} {}", file_.string(), document.error()));
  newest_.take(*document, sha256(text), file_);
  return std::move(*document);
}

Secret SealedStore::read(std::string_view name) {
  const auto now = document();
  (void)notes_of(now, name, place());
  for (const auto& opener : openers_) {
    if (auto secret = open_secret(now, name, opener)) return std::move(*secret);
  }
  throw Refusal(fmt::format("{} is sealed to {}: the operator's key doesn't open it, and none of their keys is here",
                            name, fmt::join(now.secrets.find(name)->second.readers, ", ")));
}

std::vector<std::string> SealedStore::names() { return names_of(document()); }

std::vector<VersionNote> SealedStore::versions(std::string_view name) { return notes_of(document(), name, place()); }

std::vector<SecretChange> SealedStore::changes() { return changes_of(document()); }

std::string SealedStore::write(std::string_view name, const SensitiveText& value, std::string_view changed_by) {
  std::string id;
  change([&](SealedDocument& document) { id = set_granted_secret(document, name, value, author(changed_by)); });
  return id;
}

bool SealedStore::grant(std::string_view name, std::string_view identity, std::string_view changed_by) {
  bool reads_newest = false;
  change([&](SealedDocument& document) {
    reads_newest = grant_secret(document, name, identity, openers_, author(changed_by));
  });
  return reads_newest;
}

void SealedStore::revoke(std::string_view name, std::string_view identity, std::string_view changed_by) {
  change([&](SealedDocument& document) { revoke_secret(document, name, identity, author(changed_by)); });
}

void SealedStore::change(const std::function<void(SealedDocument&)>& edit) {
  const ChangeLock lock(std::filesystem::path(file_).concat(".lock"));
  auto changed = document();
  edit(changed);
  const auto text = to_text(changed, key_);
  if (text.size() > kLargestSealedFile) {
    throw Refusal(fmt::format("{} would become larger than the {} MiB that it may have; nothing was changed",
                              file_.string(), kLargestSealedFile >> 20U));
  }
  replace_private_file(file_, text);
  newest_.take(changed, sha256(text), file_);
}

}  // namespace assay::secrets
