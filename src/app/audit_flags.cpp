#include "app/audit_flags.hpp"

namespace assay::app {

void add_erase_flags(CLI::App& erase, AuditEraseOptions& options) {
  auto& which = *erase.add_option_group("which");
  which.add_option("--record", options.record, "the id of one record");
  which.add_option("--patient", options.patient,
                   "the id of a patient: all records of it, and the searches whose criteria fit the person");
  which.require_option(1);
  erase.add_option("--reason", options.reason, "why; it is recorded, so name nobody")->required();
  erase.add_option("--person", options.person_file,
                   "a JSON document of the patient (default: what patients.db in the data directory has)");
  erase.add_flag("--yes", options.is_confirmed, "don't ask");
}

void add_export_flags(CLI::App& exported, AuditExport& options) {
  exported.add_option("--patient", options.patient, "only records about the patient of that id");
  exported.add_option("--actor", options.actor, "only records of the actor of that id");
  exported.add_option("--operation", options.operation, "only records of that operation: find, create, …");
  exported.add_option("--from", options.from, "only records of that day or moment and later");
  exported.add_option("--to", options.to, "only records up to that day or moment");
}

}  // namespace assay::app
