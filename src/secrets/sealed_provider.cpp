#include "secrets/sealed_provider.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/private_file.hpp"

namespace assay::secrets {

namespace {

SealedDocument parsed(std::string_view text, const VerifyingKey& operator_key, const std::filesystem::path& file) {
  auto document = parse_sealed_document(text, operator_key);
  if (!document) throw Refusal(fmt::format("{} {}", file.string(), document.error()));
  return std::move(*document);
}

}  // namespace

std::string place_of_sealed_file(const std::filesystem::path& file) {
  return fmt::format("the sealed file {}", file.string());
}

SealedDocument read_sealed_file(const std::filesystem::path& file, const VerifyingKey& operator_key) {
  return parsed(read_private_file(file, kLargestSealedFile), operator_key, file);
}

std::vector<VersionNote> notes_of(const SealedDocument& document, std::string_view secret, std::string_view place) {
  const auto found = document.secrets.find(secret);
  if (found == document.secrets.end()) throw Refusal(fmt::format("there is no {} in {}", secret, place));
  std::vector<VersionNote> notes;
  for (const auto& version : found->second.versions) notes.push_back(version.note);
  return notes;
}

std::vector<std::string> names_of(const SealedDocument& document) {
  std::vector<std::string> names;
  for (const auto& [name, secret] : document.secrets) names.push_back(name);
  return names;
}

std::vector<SecretChange> changes_of(const SealedDocument& document) {
  std::vector<SecretChange> changes;
  for (const auto& change : document.changes) {
    changes.push_back({.secret = change.secret,
                       .note = {.id = std::to_string(change.sequence), .created = change.at, .changed_by = change.by},
                       .operation = change.operation,
                       .identity = change.identity});
  }
  return changes;
}

SealedProvider::SealedProvider(std::filesystem::path file, IdentityKey identity, std::filesystem::path newest_file)
    : file_(std::move(file)),
      identity_(std::move(identity)),
      newest_(std::move(newest_file), identity_.operator_key()) {}

std::string SealedProvider::place() const { return place_of_sealed_file(file_); }

Secret SealedProvider::read(std::string_view name) {
  auto secret = open_secret(*document(), name, identity_);
  if (!secret) throw Refusal(fmt::format("{}: {}", file_.string(), secret.error()));
  return std::move(*secret);
}

std::vector<std::string> SealedProvider::names() { return names_of(*document()); }

std::vector<VersionNote> SealedProvider::versions(std::string_view name) {
  return notes_of(*document(), name, place());
}

std::vector<SecretChange> SealedProvider::changes() { return changes_of(*document()); }

std::string SealedProvider::write(std::string_view name, const SensitiveText& /*value*/,
                                  std::string_view /*changed_by*/) {
  throw Refusal(fmt::format("{} of {} is changed with the operator's key alone: assay secrets", name, place()));
}

std::shared_ptr<const SealedDocument> SealedProvider::document() {
  const std::scoped_lock lock(mutex_);
  const auto text = read_private_file(file_, kLargestSealedFile);
  const auto hash = sha256(text);
  if (document_ && hash == hash_) return document_;
  auto document = parsed(text, identity_.operator_key(), file_);
  newest_.take(document, hash, file_);
  document_ = std::make_shared<const SealedDocument>(std::move(document));
  hash_ = hash;
  return document_;
}

}  // namespace assay::secrets
