#include "sqlite/audit_log_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "audit/record.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/note.hpp"

namespace assay::sqlite {

namespace {

bool tells_of_restore(std::string_view document) {
  const auto stored = audit::parse_record(document);
  if (!stored || !stored->record.resource) return false;
  return stored->record.source_system_name == audit::kAuditSource && stored->record.resource->type == "log" &&
         stored->record.resource->operation == "restore";
}

}  // namespace

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
    const bool is_first = row == 1 && first_size == 0;
    if (!is_first && (!record.step() || !tells_of_restore(record.text(0)))) {
      faults.note(first_size,
                  fmt::format("Key {} of the log begins with record {}, which tells of no restore.", row, first_size));
    }
    expected = row;
  }
  return keys;
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

bool AuditLogKeys::has(const merkle::VerifierKey& key) const {
  const auto* origin = find(key.name);
  return origin != nullptr && origin->key.to_string() == key.to_string();
}

std::expected<merkle::TreeHead, std::string> AuditLogKeys::open(const KeptNote& kept) const {
  const auto fault = [&kept](std::string_view rest) { return std::unexpected(fmt::format("{} {}.", kept.name, rest)); };
  const auto note = merkle::Note::parse(kept.note);
  const auto checkpoint = note ? merkle::Checkpoint::parse(note->text) : std::nullopt;
  if (!checkpoint) return fault("is no checkpoint in a signed note");
  const auto* origin = find(checkpoint->origin);
  if (origin == nullptr) return fault(fmt::format("is of the log {}, which has no key here", checkpoint->origin));
  if (!merkle::open_checkpoint(kept.note, {&origin->key, 1})) return fault("is not signed by its log's key");
  const auto size = checkpoint->tree.size;
  if (size != kept.size) return fault(fmt::format("is of {} records, but kept as one of {}", size, kept.size));
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
