#include "sqlite/store_span.hpp"

namespace assay::sqlite {

telemetry::Span store_span(const telemetry::SpanPlace& under, std::string_view database, std::string_view summary) {
  const auto blank = summary.find(' ');
  return {under,
          {.name = summary, .kind = telemetry::SpanKind::kClient, .part = database},
          {{"db.system.name", "sqlite"},
           {"db.namespace", database},
           {"db.collection.name", summary.substr(blank + 1)},
           {"db.operation.name", summary.substr(0, blank)}}};
}

}  // namespace assay::sqlite
