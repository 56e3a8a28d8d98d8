#include "app/secret_recorder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ranges>

#include "audit/log_opening.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/private_file.hpp"
#include "secrets/grants.hpp"

namespace assay::app {

namespace {

/// The same for each finder of the same change: a repeat is then acknowledged and not recorded again.
Bytes32 name_of(std::string_view place, std::string_view name, std::string_view version) {
  return sha256(canonical_json(json::array{place, name, version}));
}

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
  if (note.changed_by.empty()) {
    return {.kind = "service", .id = "assay-audit", .name = "assay-audit", .on_behalf_of = {}, .purpose_of_use = {}};
  }
  return {.kind = "operator", .id = note.changed_by, .name = note.changed_by, .on_behalf_of = {}, .purpose_of_use = {}};
}

audit::NewRecord record_of(std::string_view place, const std::string& name, const secrets::VersionNote& note) {
  const auto hash = name_of(place, name, note.id);
  const json::object what{{"name", name}, {"version", note.id}};
  return {.id = to_uuid(hash),
          .source_system_name = std::string(audit::kAuditSource),
          .resource = audit::Resource{.type = "secret", .id = canonical_json(what), .operation = "change"},
          .actor = actor_of(note),
          .operation_id = to_hex(hash).substr(0, 32),
          .patient_id = std::nullopt,
          .outcome = std::nullopt};
}

/// Whether another record tells of its changes: that of the secret that it is derived from, or of the log's new key.
bool is_told_otherwise(const std::string& name, const std::vector<std::string>& names) {
  return name == audit::kLogKeyName || std::ranges::any_of(secrets::grants(), [&](const secrets::Grant& grant) {
           return grant.derived == name && std::ranges::find(names, grant.name) != names.end();
         });
}

}  // namespace

SecretRecorder::SecretRecorder(secrets::Provider& provider, audit::Appender& audit_register,
                               std::filesystem::path recorded)
    : provider_(provider), register_(audit_register), recorded_(std::move(recorded)) {}

std::vector<audit::NewRecord> SecretRecorder::find_changes() {
  const auto recorded = read_recorded();
  const auto names = provider_.names();
  found_ = recorded;
  std::vector<audit::NewRecord> changes;
  for (const auto& name : names) {
    if (secrets::find_grant(name) == nullptr || is_told_otherwise(name, names)) continue;
    auto& known = found_[name];
    auto notes = provider_.versions(name);
    for (const auto& note : notes | std::views::reverse) {
      if (std::ranges::find(known, note.id) == known.end()) changes.push_back(record_of(provider_.place(), name, note));
    }
    known.clear();
    for (const auto& note : notes) known.push_back(note.id);
  }
  if (!std::filesystem::exists(recorded_)) {
    keep(found_);
    changes.clear();
  }
  return changes;
}

Awaitable<void> SecretRecorder::record(std::vector<audit::NewRecord> changes) {
  const auto appended = co_await register_.append(std::move(changes));
  if (!appended) throw Unavailable("the register refused the record of a changed secret: " + appended.error().detail);
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
      if (id.is_string()) versions[name].emplace_back(id.get_string());
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
