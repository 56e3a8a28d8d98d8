#include "sqlite/audit_filter.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace assay::sqlite {

namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

audit::StoredRecord read_document(std::string_view document) {
  auto stored = audit::parse_record(document);
  if (!stored) throw Unavailable("the audit database holds a record that can't be read");
  return std::move(*stored);
}

AuditFilter::AuditFilter(const audit::RegisterQuery& query) : query_(query) {
  if (query.patient_id) needles_.push_back("\"patientId\":" + json_text(query.patient_id->to_string()));
  if (query.actor) needles_.push_back("\"id\":" + json_text(*query.actor));
  if (query.operation) needles_.push_back("\"operation\":" + json_text(*query.operation));
}

bool AuditFilter::takes(std::string_view document) const {
  const auto has = [document](const std::string& needle) { return document.contains(needle); };
  if (!std::ranges::all_of(needles_, has)) return false;
  if (takes_all()) return true;
  const auto record = read_document(document).record;
  return (!query_.patient_id || record.patient_id == query_.patient_id) &&
         (!query_.actor || (record.actor && record.actor->id == *query_.actor)) &&
         (!query_.operation || (record.resource && record.resource->operation == *query_.operation));
}

}  // namespace assay::sqlite
