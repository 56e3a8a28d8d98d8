#include "sqlite/audit_log_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "merkle/checkpoint.hpp"
#include "merkle/note.hpp"

namespace assay::sqlite {

namespace {}  // namespace

AuditLogKeys AuditLogKeys::read(const Connection& connection, AuditFaults& faults) {
  AuditLogKeys keys;
  auto record = connection.prepare("SELECT document FROM record WHERE idx = ?");
  auto rows = connection.prepare("SELECT row, verifier_key, first_size FROM log_origin ORDER BY row");
  for (std::int64_t expected = 1; rows.step(); ++expected) {
    const auto row = rows.integer(0);
    const auto first_size = static_cast<std::uint64_t>(rows.integer(2));
    if (row != expected) faults.note(first_size, fmt::format("Key {} of the log is missing.", expected));
    keys.add(row, rows.text(1), first_size, faults);
    const ResetOnExit reset(record);
    record.bind(1, rows.integer(2));
    expected = row;
    if (row == 1 && first_size == 0) continue;
    auto restore = record.step() ? read_restore(first_size, record.text(0)) : std::nullopt;
    if (restore) {
      keys.restores_.push_back(std::move(*restore));
    } else {
      faults.note(first_size,
                  fmt::format("Key {} of the log begins with record {}, which tells of no restore.", row, first_size));
    }
  }
  for (const auto& restore : keys.restores_) keys.examine_restore(restore, faults);
  return keys;
}

void AuditLogKeys::examine_restore(const AuditRestore& restore, AuditFaults& faults) const {
  const auto fault = [&](std::string_view rest) {
    faults.note(restore.index, fmt::format("Record {} tells of a restore, {}.", restore.index, rest));
  };
  if (restore.size != restore.index) fault(fmt::format("but of {} records", restore.size));
  const bool is_first = !origins_.empty() && origins_.front().first_size == restore.index;
  if (restore.note.empty() && restore.origin.empty() && is_first) return;
  if (!restore.checkpoint || restore.checkpoint->origin != restore.origin) {
    return fault("but names no checkpoint of the log before");
  }
  const auto* origin = find(restore.origin);
  if (origin != nullptr && !merkle::open_checkpoint(restore.note, {&origin->key, 1})) {
    fault("but the checkpoint that it names is not signed by its log's key");
  }
}

std::vector<KeptNote> AuditLogKeys::restored_notes() const {
  std::vector<KeptNote> notes;
  for (const auto& restore : restores_) {
    if (!restore.checkpoint || restore.checkpoint->tree.size > restore.index) continue;
    notes.push_back({.name = fmt::format("The checkpoint that the restore in record {} names", restore.index),
                     .size = restore.checkpoint->tree.size,
                     .note = restore.note,
                     .is_from_before_restore = true});
  }
  return notes;
}

void AuditLogKeys::compare(const std::vector<merkle::VerifierKey>& given, AuditFaults& faults) const {
  for (const auto& key : given) {
    const auto* origin = find(key.name);
    if (origin != nullptr && origin->key.to_string() == key.to_string()) continue;
    faults.note(0, fmt::format("The log was never signed with the key {}.", key.to_string()));
  }
  bool is_known = false;
  for (const auto& origin : origins_) {
    const auto is_same = [&origin](const auto& key) { return key.to_string() == origin.key.to_string(); };
    const bool is_given = std::ranges::any_of(given, is_same);
    if (is_known && !is_given) {
      faults.note(origin.first_size, fmt::format("From record {} on the log was signed with the key {}, which was not "
                                                 "given: if you know of that restore, give it too.",
                                                 origin.first_size, origin.key.to_string()));
    }
    is_known = is_known || is_given;
  }
}

bool AuditLogKeys::is_in_force(std::string_view note) const {
  const auto checkpoint = merkle::read_unverified(note);
  return checkpoint && !origins_.empty() && checkpoint->origin == origins_.back().key.name;
}

void AuditLogKeys::require_signed(const Connection& connection, std::uint64_t records, AuditFaults& faults) const {
  if (origins_.empty()) {
    const bool is_earlier_version =
        !connection.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = 'log_origin'").step();
    if (records == 0 || is_earlier_version) return;
    return faults.note(0, fmt::format("There are {} records, but no name and key of their log.", records));
  }
  auto newest = connection.prepare("SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1");
  if (newest.step() && is_in_force(newest.text(0))) return;
  faults.note(origins_.back().first_size,
              fmt::format("The newest checkpoint is missing: it is none of the log {}.", origins_.back().key.name));
}

void AuditLogKeys::add(std::int64_t row, std::string_view key, std::uint64_t first_size, AuditFaults& faults) {
  auto parsed = merkle::VerifierKey::parse(key);
  if (!parsed) return faults.note(first_size, fmt::format("Key {} of the log can't be read.", row));
  if (find(parsed->name) != nullptr) {
    return faults.note(first_size, fmt::format("Key {} of the log has the name of an earlier one.", row));
  }
  if (!origins_.empty()) {
    if (first_size < origins_.back().first_size) {
      faults.note(first_size, fmt::format("Key {} of the log began before the one before it.", row));
    }
    origins_.back().last_size = first_size;
  }
  origins_.push_back({.key = std::move(*parsed), .first_size = first_size, .last_size = {}});
}

const AuditLogKeys::Origin* AuditLogKeys::find(std::string_view name) const {
  const auto found = std::ranges::find(origins_, name, [](const Origin& origin) { return origin.key.name; });
  return found == origins_.end() ? nullptr : &*found;
}

std::expected<merkle::TreeHead, std::string> AuditLogKeys::open(const KeptNote& kept) const {
  const auto fault = [&kept](std::string_view rest) { return std::unexpected(fmt::format("{} {}.", kept.name, rest)); };
  const auto checkpoint = merkle::read_unverified(kept.note);
  if (!checkpoint) return fault("is no checkpoint in a signed note");
  const auto* origin = find(checkpoint->origin);
  if (origin == nullptr && kept.is_from_before_restore) return checkpoint->tree;
  if (origin == nullptr) return fault(fmt::format("is of the log {}, which has no key here", checkpoint->origin));
  if (!merkle::open_checkpoint(kept.note, {&origin->key, 1})) return fault("is not signed by its log's key");
  const auto size = checkpoint->tree.size;
  if (size != kept.size) return fault(fmt::format("is of {} records, but kept as one of {}", size, kept.size));
  if (kept.is_from_before_restore) return checkpoint->tree;
  if (size < origin->first_size) {
    return fault(fmt::format("is of {} records, but its log began with {}", size, origin->first_size));
  }
  if (origin->last_size && size > *origin->last_size) {
    return fault(fmt::format("is of {} records, but a restore ended its log at {}: what came between is lost", size,
                             *origin->last_size));
  }
  return checkpoint->tree;
}

}  // namespace assay::sqlite
