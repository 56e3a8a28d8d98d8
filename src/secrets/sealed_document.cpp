#include "secrets/sealed_document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/json.hpp"

namespace assay::secrets {

namespace {

constexpr std::string_view kForm = "assay-secrets/1";
constexpr std::string_view kForms = "assay-secrets/";
constexpr std::string_view kCutOff = "is cut off; put a whole copy of it back";
constexpr std::string_view kAltered = "was altered: its signature is not that of its content; put a copy of it back";
constexpr std::string_view kOtherOperator =
    "is another operator's: the identity was made for another one; put the right file back, or the right identity";
constexpr std::string_view kMalformed = "is signed but is no list of secrets; put a copy of it back";
constexpr std::size_t kVersionsRead = 2;

/// So that what the key signs is never taken for anything else.
std::string signed_bytes(std::string_view content) { return fmt::format("{}\n{}\n", kForm, content); }

json::object to_json(const SealedVersion& version) {
  json::object copies;
  for (const auto& [identity, copy] : version.copies) copies[identity] = to_base64(as_bytes(copy));
  return {{"id", version.note.id},
          {"created", version.note.created},
          {"changedBy", version.note.changed_by},
          {"sealed", std::move(copies)}};
}

json::object to_json(const SealedSecret& secret) {
  json::array versions;
  for (const auto& version : secret.versions) versions.push_back(to_json(version));
  return {{"readers", json::array(secret.readers.begin(), secret.readers.end())}, {"versions", std::move(versions)}};
}

json::object to_json(const SealedChange& change) {
  json::object out{
      {"sequence", change.sequence}, {"at", change.at}, {"by", change.by}, {"operation", change.operation}};
  if (!change.secret.empty()) out["secret"] = change.secret;
  if (!change.version.empty()) out["version"] = change.version;
  if (!change.identity.empty()) out["identity"] = change.identity;
  return out;
}

json::object to_json(const SealedDocument& document) {
  json::object identities;
  for (const auto& [name, key] : document.identities) identities[name] = to_base64url(key);
  json::object secrets;
  for (const auto& [name, secret] : document.secrets) secrets[name] = to_json(secret);
  json::array changes;
  for (const auto& change : document.changes) changes.push_back(to_json(change));
  return {{"format", kForm},
          {"sequence", document.sequence},
          {"operator", document.operator_key.to_string()},
          {"identities", std::move(identities)},
          {"secrets", std::move(secrets)},
          {"changes", std::move(changes)}};
}

// --- Reading: std::exception for what is not of the form ---------------------------------------------------------

template <class T>
T required(std::optional<T> value) {
  if (!value) throw std::invalid_argument("not of the form");
  return std::move(*value);
}

std::string text_of(const json::value& value) { return std::string(std::string_view(value.as_string())); }

std::string text_or_nothing(const json::object& object, std::string_view member) {
  const auto* found = object.if_contains(member);
  return found == nullptr ? std::string() : text_of(*found);
}

Bytes32 key_of(const json::value& value) {
  return required(VerifyingKey::parse(std::string_view(value.as_string()))).bytes;
}

SealedVersion version_of(const json::object& object) {
  SealedVersion version{.note = {.id = text_of(object.at("id")),
                                 .created = text_of(object.at("created")),
                                 .changed_by = text_of(object.at("changedBy"))},
                        .copies = {}};
  for (const auto& [identity, copy] : object.at("sealed").as_object()) {
    version.copies.emplace(identity, required(from_base64(std::string_view(copy.as_string()))));
  }
  return version;
}

SealedSecret secret_of(const json::object& object) {
  SealedSecret secret;
  for (const auto& reader : object.at("readers").as_array()) secret.readers.push_back(text_of(reader));
  for (const auto& version : object.at("versions").as_array()) {
    secret.versions.push_back(version_of(version.as_object()));
  }
  return secret;
}

SealedChange change_of(const json::object& object) {
  return {.sequence = object.at("sequence").to_number<std::uint64_t>(),
          .at = text_of(object.at("at")),
          .by = text_of(object.at("by")),
          .operation = text_of(object.at("operation")),
          .secret = text_or_nothing(object, "secret"),
          .version = text_or_nothing(object, "version"),
          .identity = text_or_nothing(object, "identity")};
}

SealedDocument document_of(const json::object& object) {
  SealedDocument document{.sequence = object.at("sequence").to_number<std::uint64_t>(),
                          .operator_key = {.bytes = key_of(object.at("operator"))},
                          .identities = {},
                          .secrets = {},
                          .changes = {}};
  for (const auto& [name, key] : object.at("identities").as_object()) document.identities.emplace(name, key_of(key));
  for (const auto& [name, secret] : object.at("secrets").as_object()) {
    document.secrets.emplace(name, secret_of(secret.as_object()));
  }
  for (const auto& change : object.at("changes").as_array()) document.changes.push_back(change_of(change.as_object()));
  return document;
}

/// The two lines of a file, unchecked.
struct Lines {
  std::string_view content;
  std::string_view signature;
};

std::optional<Lines> lines_of(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  return Lines{.content = text.substr(0, end), .signature = text.substr(end + 1)};
}

bool is_signed_by(const VerifyingKey& key, const Lines& lines) {
  const auto decoded = from_base64url(lines.signature);
  Signature signature{};
  if (!decoded || decoded->size() != signature.size()) return false;
  std::ranges::copy(as_bytes(*decoded), signature.begin());
  return key.verify(signed_bytes(lines.content), signature);
}

/// Why the signature is not the pinned operator's, as far as what nobody vouches for tells.
std::string why_not_signed(const Lines& lines, const VerifyingKey& operator_key) {
  const auto value = parse_json(lines.content);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::string(kAltered);
  const auto* form = object->if_contains("format");
  const auto* signer = object->if_contains("operator");
  if (form != nullptr && form->is_string() && form->get_string() != kForm && form->get_string().starts_with(kForms)) {
    return fmt::format("has the form {}, and this program knows {} only: use a newer one",
                       std::string_view(form->get_string()), kForm);
  }
  if (signer == nullptr || !signer->is_string()) return std::string(kAltered);
  const auto other = VerifyingKey::parse(std::string_view(signer->get_string()));
  const bool is_others = other && other->bytes != operator_key.bytes && is_signed_by(*other, lines);
  return std::string(is_others ? kOtherOperator : kAltered);
}

std::optional<SensitiveText> value_of(const SealedVersion& version, std::string_view copy, std::string_view name,
                                      const IdentityKey& identity) {
  const auto content = identity.open(copy);
  const auto expected = sealed_content(name, version.note.id, SensitiveText());
  if (!content || !content->reveal().starts_with(expected.reveal())) return std::nullopt;
  return SensitiveText::copy_of(content->reveal().substr(expected.reveal().size()));
}

std::string why_closed(const SealedSecret& secret, std::string_view name, const std::string& identity) {
  if (std::ranges::find(secret.readers, identity) != secret.readers.end()) {
    return fmt::format("no version of {0} is sealed to {1} yet: assay secrets rotate {0}, or set it", name, identity);
  }
  return fmt::format("{} is not granted to {}, only to {}", name, identity, fmt::join(secret.readers, ", "));
}

}  // namespace

std::string to_text(const SealedDocument& document, const OperatorKey& key) {
  const auto content = canonical_json(to_json(document));
  const auto signature = key.signing_key().sign(signed_bytes(content));
  return fmt::format("{}\n{}\n", content, to_base64url(signature));
}

std::expected<SealedDocument, std::string> parse_sealed_document(std::string_view text,
                                                                 const VerifyingKey& operator_key) {
  const auto lines = lines_of(text);
  if (!lines) return std::unexpected(std::string(kCutOff));
  if (!is_signed_by(operator_key, *lines)) return std::unexpected(why_not_signed(*lines, operator_key));
  try {
    const auto value = parse_json(lines->content);
    if (!value || value->at("format").as_string() != kForm) return std::unexpected(std::string(kMalformed));
    auto document = document_of(value->as_object());
    if (document.operator_key.bytes == operator_key.bytes) return document;
  } catch (const std::exception&) {
    return std::unexpected(std::string(kMalformed));
  }
  return std::unexpected(std::string(kMalformed));
}

std::expected<Secret, std::string> open_secret(const SealedDocument& document, std::string_view name,
                                               const IdentityKey& identity) {
  const auto found = document.secrets.find(name);
  if (found == document.secrets.end()) return std::unexpected(fmt::format("there is no secret {}", name));
  Secret secret;
  for (const auto& version : found->second.versions) {
    const auto copy = version.copies.find(identity.name());
    if (copy == version.copies.end() || secret.versions.size() == kVersionsRead) continue;
    auto value = value_of(version, copy->second, name, identity);
    if (!value) {
      return std::unexpected(
          fmt::format("{} is not opened by this key of {}: put the right one back", name, identity.name()));
    }
    secret.versions.push_back({.id = version.note.id, .value = std::move(*value)});
  }
  if (secret.versions.empty()) return std::unexpected(why_closed(found->second, name, identity.name()));
  return secret;
}

SensitiveText sealed_content(std::string_view name, std::string_view version, const SensitiveText& value) {
  return SensitiveText::joined({name, "\n", version, "\n", value.reveal()});
}

}  // namespace assay::secrets
