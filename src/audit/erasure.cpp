#include "audit/erasure.hpp"

#include "audit/log_opening.hpp"
#include "base/json.hpp"

namespace assay::audit {

namespace {

constexpr std::string_view kRecordType = "record";
constexpr std::string_view kLogType = "log";
constexpr std::string_view kErase = "erase";
/// Who reports by the reference's single route may call itself anything.
constexpr std::string_view kHostKeyKind = "host-key";

}  // namespace

bool is_about_log(const NewRecord& record) {
  return record.source_system_name == kAuditSource && record.resource &&
         (record.resource->type == kRecordType || record.resource->type == kLogType) && record.actor &&
         record.actor->kind != kHostKeyKind;
}

NewRecord record_of(const Erasure& erasure, const std::vector<std::uint64_t>& erased, std::optional<Uuid> patient) {
  const json::object what{{"indexes", json::array(erased.begin(), erased.end())}, {"reason", erasure.reason}};
  return {.id = erasure.record_id,
          .source_system_name = std::string(kAuditSource),
          .resource =
              Resource{.type = std::string(kRecordType), .id = canonical_json(what), .operation = std::string(kErase)},
          .actor = erasure.actor,
          .operation_id = erasure.operation_id,
          .patient_id = patient,
          .outcome = std::nullopt};
}

}  // namespace assay::audit
