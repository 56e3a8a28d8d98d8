#include "app/secret_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ranges>
#include <string_view>

#include "app/rotation_schedule.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/private_file.hpp"
#include "secrets/grants.hpp"

namespace assay::app {

namespace {

constexpr int kConflict = 409;

/// The same for each finder of the same change: a repeat is then acknowledged and not recorded again.
Bytes32 name_of(std::string_view place, const secrets::SecretChange& change) {
  return sha256(canonical_json(json::array{place, change.secret, change.note.id, change.note.created}));
}

/// Numbers begin anew where a secret is removed and made again, or its place is.
std::string id_of(const secrets::VersionNote& note) { return fmt::format("{} {}", note.id, note.created); }

Uuid to_uuid(const Bytes32& hash) {
  Uuid id;
  std::ranges::copy(hash | std::views::take(id.bytes.size()), id.bytes.begin());
  // Version 8 and the variant, RFC 9562 section 5.8.
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0fU) | 0x80U);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3fU) | 0x80U);
  return id;
}

/// Who changed it, as far as its provider tells.
Principal actor_of(const secrets::VersionNote& note) {
  const bool is_unknown = note.changed_by.empty();
  const std::string name = is_unknown ? "assay-audit" : note.changed_by;
  const bool is_operator = !is_unknown && name != kScheduleAuthor;
  return {
      .kind = is_operator ? "operator" : "service", .id = name, .name = name, .on_behalf_of = {}, .purpose_of_use = {}};
}

audit::NewRecord record_of(std::string_view place, const secrets::SecretChange& change) {
  const auto hash = name_of(place, change);
  json::object what{{"version", change.note.id}};
  if (!change.secret.empty()) what["name"] = change.secret;
  if (!change.identity.empty()) what["identity"] = change.identity;
  return {.id = to_uuid(hash),
          .source_system_name = std::string(audit::kAuditSource),
          .resource = audit::Resource{.type = "secret", .id = canonical_json(what), .operation = change.operation},
          .actor = actor_of(change.note),
          .operation_id = to_hex(hash).substr(0, 32),
          .patient_id = std::nullopt,
          .outcome = std::nullopt};
}

/// Whether another record tells of it: that of the rotation of the secret that this one is derived from. Where nobody
/// says that it was one, as in a vault, a key that somebody added must not go untold.
bool is_told_otherwise(const secrets::SecretChange& change, const std::set<std::string_view>& names) {
  if (change.operation != "rotate") return false;
  return std::ranges::any_of(secrets::grants(), [&](const secrets::Grant& grant) {
    return grant.derived == change.secret && names.contains(grant.name);
  });
}

bool is_of_assay(const secrets::SecretChange& change) {
  return change.secret.empty() || secrets::find_grant(change.secret) != nullptr;
}

}  // namespace

SecretRecorder::SecretRecorder(secrets::Provider& provider, audit::Appender& audit_register,
                               std::filesystem::path recorded)
    : provider_(provider), register_(audit_register), recorded_(std::move(recorded)) {}

std::vector<audit::NewRecord> SecretRecorder::find_changes(bool is_first_start) {
  const auto recorded = read_recorded();
  const auto changes = provider_.changes();
  std::set<std::string_view> names;
  for (const auto& change : changes) names.insert(change.secret);
  found_.clear();
  std::vector<audit::NewRecord> unrecorded;
  for (const auto& change : changes) {
    if (!is_of_assay(change) || is_told_otherwise(change, names)) continue;
    found_[change.secret].insert(id_of(change.note));
    const auto known = recorded.find(change.secret);
    if (known != recorded.end() && known->second.contains(id_of(change.note))) continue;
    unrecorded.push_back(record_of(provider_.place(), change));
  }
  if (is_first_start && !std::filesystem::exists(recorded_)) {
    keep(found_);
    unrecorded.clear();
  }
  return unrecorded;
}

Awaitable<void> SecretRecorder::record(std::vector<audit::NewRecord> changes) {
  // One by one, so that none is held up by another.
  for (auto& change : changes) {
    std::vector<audit::NewRecord> one;
    one.push_back(std::move(change));
    const auto appended = co_await register_.append(std::move(one), {});
    // One that was recorded before and erased since is refused as a record with other content.
    if (!appended && appended.error().status != kConflict) {
      throw Unavailable("the register refused the record of a changed secret: " + appended.error().detail);
    }
  }
}

SecretRecorder::Versions SecretRecorder::read_recorded() const {
  std::ifstream input(recorded_);
  const std::string text(std::istreambuf_iterator<char>(input), {});
  const auto parsed = parse_json(text);
  Versions versions;
  if (!parsed || !parsed->is_object()) return versions;
  for (const auto& [name, ids] : parsed->get_object()) {
    if (!ids.is_array()) continue;
    for (const auto& id : ids.get_array()) {
      if (id.is_string()) versions[name].emplace(id.get_string());
    }
  }
  return versions;
}

void SecretRecorder::keep(const Versions& versions) const {
  json::object out;
  for (const auto& [name, ids] : versions) out[name] = json::array(ids.begin(), ids.end());
  replace_private_file(recorded_, json::serialize(out) + "\n");
}

}  // namespace assay::app
