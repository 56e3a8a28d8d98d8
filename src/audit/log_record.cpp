#include "audit/log_record.hpp"

#include <optional>
#include <string>

namespace assay::audit {

NewRecord log_record(std::string_view operation, const json::object& what, const Principal& who, Random& random,
                     const Clock& clock) {
  return {.id = Uuid::generate_ordered(random, clock.now()),
          .source_system_name = std::string(kAuditSource),
          .resource = Resource{.type = "log", .id = canonical_json(what), .operation = std::string(operation)},
          .actor = who,
          .operation_id = {},
          .patient_id = std::nullopt,
          .outcome = std::nullopt};
}

}  // namespace assay::audit
