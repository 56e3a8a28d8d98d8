#include "secrets/sealed_change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "secrets/grants.hpp"
#include "secrets/operator_key.hpp"

namespace assay::secrets {

namespace {

constexpr std::size_t kVersionsKept = 10;
constexpr std::size_t kChangesKept = 10'000;
constexpr std::size_t kLargestValue = 64U << 10U;

/// Notes the change under the next number.
void note(SealedDocument& document, SealedChange change, const SealedAuthor& by) {
  change.sequence = ++document.sequence;
  change.at = to_iso8601(by.at);
  change.by = by.name;
  document.changes.push_back(std::move(change));
  if (document.changes.size() > kChangesKept) document.changes.pop_front();
}

const Bytes32& key_of(const SealedDocument& document, std::string_view identity) {
  const auto found = document.identities.find(identity);
  if (found != document.identities.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& [name, key] : document.identities) known.emplace_back(name);
  throw Refusal(fmt::format("there is no identity {}, only {}", identity, fmt::join(known, ", ")));
}

SealedSecret& existing(SealedDocument& document, std::string_view secret) {
  const auto found = document.secrets.find(secret);
  if (found == document.secrets.end()) throw Refusal(fmt::format("there is no secret {}", secret));
  return found->second;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto twice = std::ranges::unique(names);
  names.erase(twice.begin(), twice.end());
  return names;
}

void require_possible(const NewVersion& version) {
  if (!is_sealed_name(version.secret)) {
    throw Refusal(fmt::format("\"{}\" can't name a secret: take 1 to 64 of a-z, 0-9, - and .", version.secret));
  }
  if (version.value.reveal().size() > kLargestValue) {
    throw Refusal(fmt::format("the value of {} is larger than the {} KiB that a secret may have", version.secret,
                              kLargestValue >> 10U));
  }
}

/// The content of a version, by the first that can open it.
std::optional<SensitiveText> content_of(const SealedVersion& version, std::span<const IdentityKey> openers) {
  for (const auto& opener : openers) {
    const auto copy = version.copies.find(opener.name());
    if (copy == version.copies.end()) continue;
    if (auto content = opener.open(copy->second)) return content;
  }
  return std::nullopt;
}

/// The readers of a secret that isn't there yet.
std::vector<std::string> granted_readers(std::string_view name) {
  const auto& grant = require_grant(name);
  std::vector<std::string> readers(grant.readers.begin(), grant.readers.end());
  if (grant.making == Making::kDerived) readers.emplace_back(kOperatorIdentity);
  return readers;
}

/// What assay makes itself is rotated from its second version on.
std::string_view operation_of(std::string_view name, bool is_there) {
  const auto* grant = find_grant(name);
  return is_there && grant != nullptr && grant->making != Making::kGiven ? "rotate" : "set";
}

}  // namespace

SealedDocument new_sealed_document(const VerifyingKey& operator_key,
                                   std::map<std::string, Bytes32, std::less<>> identities, const SealedAuthor& by) {
  SealedDocument document{
      .sequence = 0, .operator_key = operator_key, .identities = std::move(identities), .secrets = {}, .changes = {}};
  note(document, {.operation = "init"}, by);
  return document;
}

std::string set_secret(SealedDocument& document, NewVersion version, const SealedAuthor& by) {
  require_possible(version);
  const auto id = std::to_string(document.sequence + 1);
  SealedVersion made{.note = {.id = id, .created = to_iso8601(by.at), .changed_by = by.name}, .copies = {}};
  const auto content = sealed_content(version.secret, id, version.value);
  auto readers = sorted(std::move(version.readers));
  for (const auto& reader : readers) made.copies.emplace(reader, seal_to(key_of(document, reader), content));
  auto& secret = document.secrets[std::string(version.secret)];
  secret.readers = std::move(readers);
  secret.versions.push_front(std::move(made));
  if (secret.versions.size() > kVersionsKept) secret.versions.pop_back();
  note(document, {.operation = std::string(version.operation), .secret = std::string(version.secret), .version = id},
       by);
  return id;
}

std::string set_granted_secret(SealedDocument& document, std::string_view secret, const SensitiveText& value,
                               const SealedAuthor& by) {
  const auto found = document.secrets.find(secret);
  const bool is_there = found != document.secrets.end();
  return set_secret(document,
                    {.secret = secret,
                     .value = value,
                     .readers = is_there ? found->second.readers : granted_readers(secret),
                     .operation = operation_of(secret, is_there)},
                    by);
}

bool grant_secret(SealedDocument& document, std::string_view secret, std::string_view identity,
                  std::span<const IdentityKey> openers, const SealedAuthor& by) {
  auto& granted = existing(document, secret);
  const auto& key = key_of(document, identity);
  for (auto& version : granted.versions) {
    const auto content = content_of(version, openers);
    if (content) version.copies.insert_or_assign(std::string(identity), seal_to(key, *content));
  }
  granted.readers.emplace_back(identity);
  granted.readers = sorted(std::move(granted.readers));
  note(document, {.operation = "grant", .secret = std::string(secret), .identity = std::string(identity)}, by);
  return !granted.versions.empty() && granted.versions.front().copies.contains(identity);
}

void revoke_secret(SealedDocument& document, std::string_view secret, std::string_view identity,
                   const SealedAuthor& by) {
  auto& revoked = existing(document, secret);
  if (std::erase(revoked.readers, identity) == 0) {
    throw Refusal(fmt::format("{} is not granted to {}", secret, identity));
  }
  for (auto& version : revoked.versions) {
    const auto copy = version.copies.find(identity);
    if (copy != version.copies.end()) version.copies.erase(copy);
  }
  note(document, {.operation = "revoke", .secret = std::string(secret), .identity = std::string(identity)}, by);
}

bool is_revoke_unfinished(const SealedDocument& document, std::string_view secret) {
  bool is_unfinished = false;
  for (const auto& change : document.changes) {
    if (change.secret != secret) continue;
    if (change.operation == "revoke") is_unfinished = true;
    if (!change.version.empty()) is_unfinished = false;
  }
  return is_unfinished;
}

}  // namespace assay::secrets
