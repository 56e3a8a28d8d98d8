#include "sqlite/record_eraser.hpp"

#include <fmt/format.h>

#include "audit/erasure.hpp"
#include "base/json.hpp"

namespace assay::sqlite {

RecordEraser::RecordEraser(Connection& connection)
    : select_(connection.prepare("SELECT document FROM record WHERE idx = ?")),
      erase_(connection.prepare("UPDATE record SET salt = NULL, document = NULL WHERE idx = ?")),
      // In one pass over the table, which is not ordered by record.
      delete_attributes_(connection.prepare("DELETE FROM attribute WHERE idx IN (SELECT value FROM json_each(?))")) {}

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
    const auto& patient = stored->record.patient_id;
    is_of_one = is_of_one && patient && (target.indexes.empty() || patient == target.patient);
    target.patient = is_of_one ? patient : std::nullopt;
    target.indexes.push_back(index);
  }
  return target;
}

void RecordEraser::erase(std::span<const std::uint64_t> indexes) {
  for (const auto index : indexes) erase_.bind(1, static_cast<std::int64_t>(index)).run();
  const auto array = json::serialize(json::array(indexes.begin(), indexes.end()));
  delete_attributes_.bind(1, std::string_view(array)).run();
}

}  // namespace assay::sqlite
