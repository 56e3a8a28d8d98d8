#include "sqlite/audit_restore.hpp"

#include "sqlite/audit_log_record.hpp"

namespace assay::sqlite {

std::optional<AuditRestore> read_restore(std::uint64_t index, const audit::NewRecord& record) {
  const auto said = read_log_record(record, "restore");
  const auto size = said ? size_of(*said) : std::nullopt;
  if (!size) return std::nullopt;
  AuditRestore restore{.index = index,
                       .size = *size,
                       .origin = text_of(*said, "origin"),
                       .note = text_of(*said, "checkpoint"),
                       .checkpoint = std::nullopt};
  restore.checkpoint = merkle::read_unverified(restore.note);
  return restore;
}

}  // namespace assay::sqlite
