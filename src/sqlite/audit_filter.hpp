#pragma once

#include <string>
#include <vector>

#include "audit/record.hpp"
#include "audit/register_query.hpp"

namespace assay::sqlite {

/// A stored record, read; throws Unavailable when that is not possible.
audit::StoredRecord read_document(std::string_view document);

/// Holds single records against a query's patient, actor and operation.
class AuditFilter {
 public:
  explicit AuditFilter(const audit::RegisterQuery& query);

  /// Whether it takes every record.
  bool takes_all() const { return needles_.empty(); }
  bool takes(std::string_view document) const;
  /// Whether the patient of an erased record, known by its number, is all that is asked for.
  bool takes_erased() const { return query_.patient_id && !query_.actor && !query_.operation; }

 private:
  const audit::RegisterQuery& query_;
  /// What a canonical document must contain, so that few are parsed in vain.
  std::vector<std::string> needles_;
};

}  // namespace assay::sqlite
