#include "secrets/vault_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "base/dates.hpp"
#include "base/error.hpp"
#include "secrets/sensitive_json.hpp"

namespace assay::secrets {

namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;

/// As many as a vault keeps unless it is told otherwise; looking further back would only find what was removed.
constexpr std::int64_t kVersionsKept = 10;
constexpr std::size_t kLongestNote = 512;
constexpr std::string_view kChangedBy = "changed-by-";

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_removed(const json::value& version, Timestamp now) {
  const auto* destroyed = find_member(version, "destroyed");
  if (destroyed != nullptr && destroyed->is_bool() && destroyed->get_bool()) return true;
  const auto deleted = parse_iso_date(text_member(version, "deletion_time"));
  return deleted && deleted->moment <= now;
}

/// Where there is nothing, the list of errors is empty; where there is no engine, it says so.
bool has_errors(const json::value& body) {
  const auto* errors = find_member(body, "errors");
  return errors != nullptr && errors->is_array() && !errors->get_array().empty();
}

SensitiveText new_version(const SensitiveText& value, std::int64_t after) {
  const auto data = object_of_texts({{"value", value.reveal()}});
  const auto head = fmt::format(R"({{"options":{{"cas":{}}},"data":)", after);
  std::string body;
  body.reserve(head.size() + data.reveal().size() + 1);
  body.append(head).append(data.reveal()).push_back('}');
  return SensitiveText(std::move(body));
}

}  // namespace

VaultProvider::VaultProvider(VaultOptions options, const Clock& clock)
    : session_(std::move(options), clock), clock_(clock) {}

std::string VaultProvider::place() const { return session_.place(); }

Secret VaultProvider::read(std::string_view name) {
  Secret secret;
  auto told = look(name, std::nullopt);
  for (std::int64_t looked = 1; told.version > 0; ++looked) {
    if (told.value) secret.versions.push_back({.id = std::to_string(told.version), .value = std::move(*told.value)});
    if (secret.versions.size() == 2 || told.version == 1 || looked == kVersionsKept) break;
    told = look(name, told.version - 1);
  }
  if (secret.versions.empty()) throw missing(name);
  return secret;
}

VaultProvider::Told VaultProvider::look(std::string_view name, std::optional<std::int64_t> version) {
  const auto path = path_of("data", name);
  const auto answer = session_.call("GET", version ? fmt::format("{}?version={}", path, *version) : path);
  if (answer.status != kOk && answer.status != kNotFound) refuse(answer.status, path, "read");
  const auto body = parse_sensitive_json(answer.body);
  Told told{.version = integer_member(body, "data/metadata/version").value_or(0), .value = std::nullopt};
  const auto value = text_member(body, "data/data/value");
  if (!value.empty()) told.value.emplace(std::string(value));
  if (answer.status == kOk && !told.value && !version) {
    throw Refusal(fmt::format("{} of {} has no text in its field value; put the secret there", path, place()));
  }
  return told;
}

std::vector<std::string> VaultProvider::names() {
  const auto path = path_of("metadata", "");
  const auto answer = session_.call("GET", fmt::format("{}?list=true", path));
  const auto body = parse_sensitive_json(answer.body);
  if (answer.status == kNotFound && !has_errors(body)) {
    require_versions();
    return {};
  }
  if (answer.status != kOk) refuse(answer.status, path, "list");
  std::vector<std::string> names;
  const auto* keys = find_member(body, "data/keys");
  if (keys == nullptr || !keys->is_array()) return names;
  for (const auto& key : keys->get_array()) {
    // One with a slash at its end is a folder.
    if (key.is_string() && !key.get_string().ends_with('/')) names.emplace_back(key.get_string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<VersionNote> VaultProvider::versions(std::string_view name) {
  const auto kept = metadata(path_of("metadata", name));
  const auto* told = kept ? find_member(*kept, "versions") : nullptr;
  if (told == nullptr || !told->is_object()) throw missing(name);
  std::vector<std::pair<std::int64_t, VersionNote>> numbered;
  for (const auto& [key, version] : told->get_object()) {
    const auto number = number_of(key);
    if (!number || is_removed(version, clock_.now())) continue;
    const auto changed_by = fmt::format("custom_metadata/{}{}", kChangedBy, *number);
    numbered.emplace_back(*number, VersionNote{.id = std::string(key),
                                               .created = std::string(text_member(version, "created_time")),
                                               .changed_by = std::string(text_member(*kept, changed_by))});
  }
  std::ranges::sort(numbered, std::greater(), &std::pair<std::int64_t, VersionNote>::first);
  std::vector<VersionNote> notes;
  for (auto& [number, note] : numbered) notes.push_back(std::move(note));
  return notes;
}

std::string VaultProvider::write(std::string_view name, const SensitiveText& value, std::string_view changed_by) {
  require_versions();
  const auto before = metadata(path_of("metadata", name)).value_or(json::value());
  const auto newest = integer_member(before, "current_version").value_or(0);
  const auto path = path_of("data", name);
  const auto answer = session_.call("POST", path, new_version(value, newest));
  if (answer.status == kBadRequest) {
    throw Refusal(fmt::format("{} of {} was changed by somebody else meanwhile; look at its versions and do it again",
                              name, place()));
  }
  if (answer.status != kOk) refuse(answer.status, path, "create and update");
  note_change(name, newest + 1, changed_by);
  return std::to_string(newest + 1);
}

void VaultProvider::require_versions() {
  const auto& mount = session_.options().place.mount;
  const auto answer = session_.call("GET", fmt::format("sys/internal/ui/mounts/{}", mount));
  if (answer.status != kOk) return;
  const auto body = parse_sensitive_json(answer.body);
  if (integer_member(body, "data/options/version") == 2) return;
  throw Refusal(fmt::format("{} of {} is no KV engine of version 2; name the mount of one", mount, place()));
}

std::optional<json::value> VaultProvider::metadata(const std::string& path) {
  const auto answer = session_.call("GET", path);
  if (answer.status == kNotFound) return std::nullopt;
  if (answer.status != kOk) refuse(answer.status, path, "read");
  const auto body = parse_sensitive_json(answer.body);
  const auto* data = find_member(body, "data");
  return data == nullptr ? json::value() : *data;
}

void VaultProvider::note_change(std::string_view name, std::int64_t version, std::string_view changed_by) {
  json::object notes{{fmt::format("{}{}", kChangedBy, version), changed_by.substr(0, kLongestNote)}};
  // The note of a version that is no longer kept goes, so that there are never more than a vault takes.
  if (version > kVersionsKept) notes.emplace(fmt::format("{}{}", kChangedBy, version - kVersionsKept), nullptr);
  const json::value body{{"custom_metadata", std::move(notes)}};
  try {
    session_.call("PATCH", path_of("metadata", name), SensitiveText(json::serialize(body)));
  } catch (const std::exception&) {
    // The version is there, which counts; that nobody knows whose it is shows in the list of versions.
  }
}

std::string VaultProvider::path_of(std::string_view kind, std::string_view name) const {
  const auto& place = session_.options().place;
  return fmt::format("{}/{}/{}{}", place.mount, kind, place.prefix, name);
}

void VaultProvider::refuse(int status, std::string_view path, std::string_view capability) const {
  if (status == kForbidden) {
    throw Refusal(
        fmt::format("{0} denies {1} on {2}: give the identity that logs in a policy that allows it (assay "
                    "secrets policy prints a part's), and a token that is valid",
                    place(), capability, path));
  }
  throw Refusal(
      fmt::format("{} answers {} on {} with the status {}; check the mount, which must be a KV engine of "
                  "version 2, and the prefix",
                  place(), capability, path, status));
}

Refusal VaultProvider::missing(std::string_view name) const {
  return Refusal(fmt::format("there is no {} in {} at {}; put it there", name, place(), path_of("data", name)));
}

}  // namespace assay::secrets
