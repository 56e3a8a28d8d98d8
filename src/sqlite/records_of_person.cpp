#include "sqlite/records_of_person.hpp"

#include "sqlite/connection.hpp"

namespace assay::sqlite {

std::optional<PlacedRecord> find_record(const std::filesystem::path& audit_file, const Uuid& id) {
  const Connection connection(audit_file, Access::kReadOnly);
  auto row = connection.prepare("SELECT idx, document IS NULL FROM record WHERE id = ?");
  if (!row.bind(1, Blob(id.bytes)).step()) return std::nullopt;
  return PlacedRecord{.index = static_cast<std::uint64_t>(row.integer(0)), .is_erased = row.integer(1) != 0};
}

void for_each_record_of(const std::filesystem::path& audit_file, const Uuid& person,
                        const std::function<void(std::uint64_t, const audit::NewRecord&)>& see) {
  const Connection connection(audit_file, Access::kReadOnly);
  // LIKE doesn't mind upper case, in which a client may have sent the id.
  auto rows = connection.prepare(
      R"(SELECT idx, document FROM record WHERE instr(document, '"operation":"search"') > 0 OR document LIKE ?
         ORDER BY idx)");
  const auto pattern = "%" + person.to_string() + "%";
  rows.bind(1, std::string_view(pattern));
  while (rows.step()) {
    if (const auto stored = audit::parse_record(rows.text(1))) {
      see(static_cast<std::uint64_t>(rows.integer(0)), stored->record);
    }
  }
}

}  // namespace assay::sqlite
