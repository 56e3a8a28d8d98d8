#include "sqlite/record_eraser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "audit/erasure.hpp"

namespace assay::sqlite {

RecordEraser::RecordEraser(Connection& connection)
    : select_(connection.prepare("SELECT document FROM record WHERE idx = ?")),
      select_attempt_(
          connection.prepare("SELECT idx, document FROM record WHERE id = ? AND idx < ? AND document IS NOT NULL")),
      erase_(connection.prepare("UPDATE record SET salt = NULL, document = NULL WHERE idx = ?")),
      delete_attribute_(connection.prepare("DELETE FROM attribute WHERE hash = ? AND idx = ?")) {}

Result<RecordEraser::Target> RecordEraser::find(std::span<const std::uint64_t> indexes) {
  Target target;
  bool is_of_one = true;
  for (const auto index : indexes) {
    const ResetOnExit reset(select_);
    if (!select_.bind(1, static_cast<std::int64_t>(index)).step()) {
      return fail(404, fmt::format("There is no audit record {}.", index));
    }
    if (select_.is_null(0)) continue;
    const auto stored = audit::parse_record(select_.text(0));
    if (!stored) return fail(500, fmt::format("Audit record {} can't be read; run assay check.", index));
    if (audit::is_about_log(stored->record)) {
      return fail(409, fmt::format("Audit record {} says what happened to the log itself, and stays.", index));
    }
    const auto attempt = attempt_of(stored->record, index);
    if (attempt && !std::ranges::binary_search(indexes, attempt->index)) {
      return fail(409, fmt::format("Audit record {} says how the record {} ended: erase that one first.", index,
                                   attempt->id.to_string()));
    }
    const auto& patient = stored->record.patient_id;
    is_of_one = is_of_one && patient && (target.indexes.empty() || patient == target.patient);
    target.patient = is_of_one ? patient : std::nullopt;
    target.indexes.push_back(index);
    target.attributes.push_back(audit::attributes_of(stored->record));
  }
  return target;
}

std::optional<RecordEraser::Attempt> RecordEraser::attempt_of(const audit::NewRecord& record, std::uint64_t index) {
  if (!record.outcome) return std::nullopt;
  const auto& id = record.outcome->of;
  const ResetOnExit reset(select_attempt_);
  if (!select_attempt_.bind(1, Blob(id.bytes)).bind(2, static_cast<std::int64_t>(index)).step()) return std::nullopt;
  const auto stored = audit::parse_record(select_attempt_.text(1));
  // What stays for ever would hold its supposed end for ever.
  if (stored && audit::is_about_log(stored->record)) return std::nullopt;
  return Attempt{.id = id, .index = static_cast<std::uint64_t>(select_attempt_.integer(0))};
}

void RecordEraser::erase(const Target& target) {
  for (std::size_t i = 0; i < target.indexes.size(); ++i) {
    erase_.bind(1, static_cast<std::int64_t>(target.indexes[i])).run();
    delete_attribute(target.attributes[i].actor, target.indexes[i]);
    delete_attribute(target.attributes[i].operation, target.indexes[i]);
  }
}

void RecordEraser::delete_attribute(std::optional<std::int64_t> hash, std::uint64_t index) {
  if (hash) delete_attribute_.bind(1, *hash).bind(2, static_cast<std::int64_t>(index)).run();
}

}  // namespace assay::sqlite
