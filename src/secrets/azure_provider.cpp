#include "secrets/azure_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "secrets/sensitive_json.hpp"

namespace assay::secrets {

namespace {

constexpr int kOk = 200;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;

constexpr std::string_view kDot = "--";
constexpr std::size_t kLongestName = 127;
constexpr std::size_t kLongestTag = 256;
/// Of a list: 25 a page.
constexpr int kMostPages = 40;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

std::string name_in_vault(std::string_view name) {
  std::string theirs;
  for (const auto c : name) {
    if (c == '.') {
      theirs += kDot;
    } else {
      theirs += c;
    }
  }
  if (name.empty() || name.contains(kDot) || theirs.size() > kLongestName || !std::ranges::all_of(theirs, is_allowed)) {
    throw Refusal(
        fmt::format("{} can't be the name of a secret in Azure Key Vault: take letters, digits, dots and single "
                    "hyphens",
                    name));
  }
  return theirs;
}

std::string name_of(std::string_view theirs) {
  std::string name;
  while (!theirs.empty()) {
    const bool is_dot = theirs.starts_with(kDot);
    name += is_dot ? '.' : theirs.front();
    theirs.remove_prefix(is_dot ? kDot.size() : 1);
  }
  return name;
}

/// The last segment of https://VAULT/secrets/NAME/VERSION.
std::string_view last_segment(std::string_view id) { return id.substr(id.rfind('/') + 1); }

bool is_disabled(const json::value& item) {
  const auto* enabled = find_member(item, "attributes/enabled");
  return enabled != nullptr && enabled->is_bool() && !enabled->get_bool();
}

SensitiveText new_version(const SensitiveText& value, std::string_view changed_by) {
  const auto texts = object_of_texts({{"value", value.reveal()}});
  const auto tags = object_of_texts({{"changed-by", changed_by.substr(0, kLongestTag)}});
  const auto without_end = texts.reveal().substr(0, texts.reveal().size() - 1);
  constexpr std::string_view kTags = R"(,"tags":)";
  std::string body;
  body.reserve(without_end.size() + kTags.size() + tags.reveal().size() + 1);
  body.append(without_end).append(kTags).append(tags.reveal()).push_back('}');
  return SensitiveText(std::move(body));
}

}  // namespace

AzureProvider::AzureProvider(AzureOptions options, const Clock& clock) : session_(std::move(options), clock) {}

std::string AzureProvider::place() const { return session_.place(); }

Secret AzureProvider::read(std::string_view name) {
  Secret secret;
  auto newest = look(name, "");
  if (!newest) refuse_missing(name);
  secret.versions.push_back(std::move(*newest));
  const auto listed = list(name);
  // Times are told to a second, so the newest need not stand first.
  const auto before =
      std::ranges::find_if(listed, [&](const Listed& version) { return version.id != secret.versions.front().id; });
  if (before == listed.end()) return secret;
  auto previous = look(name, before->id);
  if (previous) secret.versions.push_back(std::move(*previous));
  return secret;
}

std::optional<SecretVersion> AzureProvider::look(std::string_view name, std::string_view version) {
  const auto slash = version.empty() ? "" : "/";
  const auto answer = session_.call("GET", url_of(fmt::format("/{}{}{}", name_in_vault(name), slash, version)));
  if (answer.status == kNotFound) return std::nullopt;
  if (answer.status != kOk) refuse(answer.status, "get", name);
  const auto body = parse_sensitive_json(answer.body);
  const auto id = last_segment(text_member(body, "id"));
  const auto value = text_member(body, "value");
  if (id.empty() || value.empty()) {
    throw Refusal(fmt::format("{} of {} is empty; put the secret there", name, place()));
  }
  return SecretVersion{.id = std::string(id), .value = SensitiveText(std::string(value))};
}

std::vector<AzureProvider::Listed> AzureProvider::list(std::string_view name) {
  std::vector<Listed> versions;
  const bool exists = for_each(fmt::format("/{}/versions", name_in_vault(name)), name, [&](const json::value& item) {
    if (is_disabled(item)) return;
    Listed listed{.id = std::string(last_segment(text_member(item, "id"))),
                  .created = integer_member(item, "attributes/created").value_or(0),
                  .changed_by = std::string(text_member(item, "tags/changed-by"))};
    // Of the same second, in the order in which they were listed.
    const auto place = std::ranges::upper_bound(versions, listed.created, std::greater(), &Listed::created);
    versions.insert(place, std::move(listed));
  });
  if (!exists) refuse_missing(name);
  return versions;
}

bool AzureProvider::for_each(std::string_view path, std::string_view subject,
                             const std::function<void(const json::value&)>& take) {
  auto url = url_of(path);
  for (int page = 0; page < kMostPages; ++page) {
    const auto answer = session_.call("GET", url);
    if (answer.status == kNotFound) return false;
    if (answer.status != kOk) refuse(answer.status, "list", subject);
    const auto body = parse_sensitive_json(answer.body);
    const auto* items = find_member(body, "value");
    if (items != nullptr && items->is_array()) std::ranges::for_each(items->get_array(), take);
    url = text_member(body, "nextLink");
    if (url.empty()) return true;
    // The token goes with the request, so it goes to the vault alone, which writes its port into links.
    if (!http::without_default_port(url).starts_with(http::without_default_port(session_.vault() + "/"))) break;
  }
  throw Refusal(
      fmt::format("{} lists more than {} pages of {}, or names another host for one; purge what is not needed", place(),
                  kMostPages, subject));
}

std::vector<std::string> AzureProvider::names() {
  std::vector<std::string> names;
  for_each("", "its secrets",
           [&](const json::value& item) { names.push_back(name_of(last_segment(text_member(item, "id")))); });
  std::ranges::sort(names);
  return names;
}

std::vector<VersionNote> AzureProvider::versions(std::string_view name) {
  std::vector<VersionNote> notes;
  for (auto& version : list(name)) {
    notes.push_back({.id = std::move(version.id),
                     .created = to_iso8601(Timestamp(std::chrono::seconds(version.created))),
                     .changed_by = std::move(version.changed_by)});
  }
  return notes;
}

std::string AzureProvider::write(std::string_view name, const SensitiveText& value, std::string_view changed_by) {
  const auto answer =
      session_.call("PUT", url_of(fmt::format("/{}", name_in_vault(name))), new_version(value, changed_by));
  if (answer.status == kConflict) {
    throw Refusal(
        fmt::format("{} holds a deleted {} that can still be recovered: recover or purge it first", place(), name));
  }
  if (answer.status != kOk) refuse(answer.status, "set", name);
  return std::string(last_segment(text_member(parse_sensitive_json(answer.body), "id")));
}

std::string AzureProvider::url_of(std::string_view path) const {
  return fmt::format("{}/secrets{}?api-version=7.4", session_.vault(), path);
}

void AzureProvider::refuse(int status, std::string_view action, std::string_view subject) const {
  if (status == kForbidden) {
    throw Refusal(
        fmt::format("{} denies {} on {}: give the identity that logs in the permissions that it needs on its "
                    "secrets (get and list to read them, set to change them), and see that the newest version "
                    "isn't disabled and the vault's firewall lets this host in",
                    place(), action, subject));
  }
  throw Refusal(
      fmt::format("{} answers {} on {} with the status {}; check its address", place(), action, subject, status));
}

void AzureProvider::refuse_missing(std::string_view name) const {
  throw Refusal(
      fmt::format("there is no {} in {} (its name there is {}); put it there", name, place(), name_in_vault(name)));
}

}  // namespace assay::secrets
