#include "sqlite/audit_rotation.hpp"

#include "sqlite/audit_log_record.hpp"

namespace assay::sqlite {

std::optional<AuditRotation> read_rotation(std::uint64_t index, const audit::NewRecord& record) {
  const auto said = read_log_record(record, "rotate");
  if (!said) return std::nullopt;
  return AuditRotation{.index = index, .key = text_of(*said, "key"), .size = size_of(*said)};
}

}  // namespace assay::sqlite
