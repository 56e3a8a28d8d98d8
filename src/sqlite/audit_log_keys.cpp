#include "sqlite/audit_log_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "audit/record.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/note.hpp"

namespace assay::sqlite {

namespace {

std::optional<audit::NewRecord> record_at(std::uint64_t index, Statement& select) {
  const ResetOnExit reset(select);
  select.bind(1, static_cast<std::int64_t>(index));
  if (!select.step()) return std::nullopt;
  auto stored = audit::parse_record(select.text(0));
  return stored ? std::optional(std::move(stored->record)) : std::nullopt;
}

std::string newest_note(const Connection& connection) {
  auto newest = connection.prepare("SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1");
  return newest.step() ? std::string(newest.text(0)) : std::string();
}

bool has(const std::vector<merkle::VerifierKey>& keys, const merkle::VerifierKey& key) {
  return std::ranges::find(keys, key.to_string(), &merkle::VerifierKey::to_string) != keys.end();
}

/// Whether the note has a signature, right or wrong, by one of the keys.
bool is_by_any(std::string_view note, const std::vector<merkle::VerifierKey>& keys) {
  const auto parsed = merkle::Note::parse(note);
  return parsed && std::ranges::any_of(parsed->signatures, [&keys](const merkle::NoteSignature& signature) {
           return std::ranges::find(keys, signature.key_id, &merkle::VerifierKey::id) != keys.end();
         });
}

}  // namespace

AuditLogKeys AuditLogKeys::read(const Connection& connection, AuditFaults& faults) {
  AuditLogKeys keys;
  auto record = connection.prepare("SELECT document FROM record WHERE idx = ?");
  auto rows = connection.prepare("SELECT row, verifier_key, first_size FROM log_origin ORDER BY row");
  for (std::int64_t expected = 1; rows.step(); ++expected) {
    const Row row{
        .number = rows.integer(0), .key = rows.text(1), .first_size = static_cast<std::uint64_t>(rows.integer(2))};
    if (row.number != expected) {
      faults.note(row.first_size, fmt::format("Key {} of the log is missing.", expected));
    }
    expected = row.number;
    keys.read_row(row, record, faults);
  }
  for (const auto& restore : keys.restores_) keys.examine_restore(restore, faults);
  return keys;
}

void AuditLogKeys::read_row(const Row& row, Statement& record, AuditFaults& faults) {
  const auto index = row.first_size;
  if (row.number == 1 && index == 0) return add(row, false, faults);
  const auto told = record_at(index, record);
  if (auto rotation = told ? read_rotation(index, *told) : std::nullopt) {
    return add_rotation(row, std::move(*rotation), faults);
  }
  add(row, false, faults);
  if (auto restore = told ? read_restore(index, *told) : std::nullopt) {
    restores_.push_back(std::move(*restore));
  } else {
    faults.note(index, fmt::format("Key {} of the log begins with record {}, which tells of neither a restore nor a "
                                   "rotation.",
                                   row.number, index));
  }
}

void AuditLogKeys::add_rotation(const Row& row, AuditRotation rotation, AuditFaults& faults) {
  const auto before = origins_.size();
  add(row, true, faults);
  if (rotation.key != row.key) {
    faults.note(row.first_size, fmt::format("Key {} of the log is not the one that record {}, with which it begins, "
                                            "tells of: {}.",
                                            row.number, row.first_size, rotation.key));
  }
  if (rotation.size != row.first_size) {
    faults.note(row.first_size,
                fmt::format("Record {} tells of a rotation of the log's key, but of another size.", row.first_size));
  }
  if (origins_.size() > before) rotations_.push_back(std::move(rotation));
}

bool AuditLogKeys::is_rotated_at(std::uint64_t index) const {
  return std::ranges::find(rotations_, index, &AuditRotation::index) != rotations_.end();
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
  const auto keys = all_of(keys_of(restore.origin));
  // A key that came into force behind what was restored is not known here.
  const bool may_be_unknown = restore.checkpoint->tree.size > restore.index && !is_by_any(restore.note, keys);
  if (!keys.empty() && !may_be_unknown && !merkle::open_checkpoint(restore.note, keys)) {
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

void AuditLogKeys::compare(const Connection& connection, const std::vector<merkle::VerifierKey>& given,
                           AuditFaults& faults) const {
  for (const auto& key : given) {
    const auto keys = all_of(keys_of(key.name));
    if (has(keys, key)) continue;
    faults.note(0, fmt::format("The log was never signed with the key {}.", key.to_string()));
  }
  const auto newest = newest_note(connection);
  const auto is_signed_as_given = [&](const Origin& origin) {
    return origin.is_rotation && origin.key.name == origins_.back().key.name &&
           merkle::open_checkpoint(newest, given).has_value();
  };
  bool is_known = false;
  for (const auto& origin : origins_) {
    const bool is_given = has(given, origin.key);
    if (is_known && !is_given && !is_signed_as_given(origin)) {
      faults.note(origin.first_size,
                  fmt::format("From record {} on the log was signed with the key {}, which was not given: if you know "
                              "of that {}, give it too.",
                              origin.first_size, origin.key.to_string(), origin.is_rotation ? "rotation" : "restore"));
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
  if (is_in_force(newest_note(connection))) return;
  faults.note(origins_.back().first_size,
              fmt::format("The newest checkpoint is missing: it is none of the log {}.", origins_.back().key.name));
}

void AuditLogKeys::add(const Row& row, bool is_rotation, AuditFaults& faults) {
  const auto fault = [&](std::string_view rest) {
    faults.note(row.first_size, fmt::format("Key {} of the log {}.", row.number, rest));
  };
  auto parsed = merkle::VerifierKey::parse(row.key);
  if (!parsed) return fault("can't be read");
  const auto has_name = [&parsed](const Origin& origin) { return origin.key.name == parsed->name; };
  if (is_rotation && (origins_.empty() || !has_name(origins_.back()))) {
    return fault("has another name than the one before it, which it was rotated from");
  }
  if (!is_rotation && std::ranges::any_of(origins_, has_name)) return fault("has the name of an earlier one");
  if (!origins_.empty()) {
    if (row.first_size < origins_.back().first_size) fault("began before the one before it");
    origins_.back().last_size = row.first_size;
  }
  origins_.push_back({.key = std::move(*parsed), .first_size = row.first_size, .is_rotation = is_rotation});
}

std::span<const AuditLogKeys::Origin> AuditLogKeys::keys_of(std::string_view name) const {
  const auto is_other = [name](const Origin& origin) { return origin.key.name != name; };
  const auto first = std::ranges::find_if_not(origins_, is_other);
  return {first, std::find_if(first, origins_.end(), is_other)};
}

std::vector<merkle::VerifierKey> AuditLogKeys::all_of(std::span<const Origin> keys) {
  std::vector<merkle::VerifierKey> all;
  for (const auto& origin : keys) all.push_back(origin.key);
  return all;
}

std::vector<merkle::VerifierKey> AuditLogKeys::in_force_of(std::span<const Origin> keys, std::uint64_t size) {
  const auto is_later = [size](const Origin& origin) { return origin.first_size > size; };
  while (keys.size() > 1 && is_later(keys.back())) keys = keys.first(keys.size() - 1);
  while (keys.size() > 1 && keys[1].first_size < size) keys = keys.subspan(1);
  return all_of(keys);
}

std::expected<merkle::TreeHead, std::string> AuditLogKeys::open(const KeptNote& kept) const {
  const auto fault = [&kept](std::string_view rest) { return std::unexpected(fmt::format("{} {}.", kept.name, rest)); };
  const auto checkpoint = merkle::read_unverified(kept.note);
  if (!checkpoint) return fault("is no checkpoint in a signed note");
  const auto size = checkpoint->tree.size;
  const auto origins = keys_of(checkpoint->origin);
  const auto keys = kept.is_from_before_restore ? all_of(origins) : in_force_of(origins, size);
  // The key may be one that came into force behind what was restored.
  if (kept.is_from_before_restore && !is_by_any(kept.note, keys)) return checkpoint->tree;
  if (keys.empty()) return fault(fmt::format("is of the log {}, which has no key here", checkpoint->origin));
  if (!merkle::open_checkpoint(kept.note, keys)) {
    return fault(origins.size() == 1 ? "is not signed by its log's key"
                                     : "is not signed by the key that its log had at that size");
  }
  if (size != kept.size) return fault(fmt::format("is of {} records, but kept as one of {}", size, kept.size));
  if (kept.is_from_before_restore) return checkpoint->tree;
  if (size < origins.front().first_size) {
    return fault(fmt::format("is of {} records, but its log began with {}", size, origins.front().first_size));
  }
  if (const auto end = origins.back().last_size; end && size > *end) {
    return fault(
        fmt::format("is of {} records, but a restore ended its log at {}: what came between is lost", size, *end));
  }
  return checkpoint->tree;
}

}  // namespace assay::sqlite
