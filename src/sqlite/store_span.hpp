#pragma once

#include <string_view>

#include "telemetry/span.hpp"

namespace assay::sqlite {

/// The span of one call of a store, by OpenTelemetry's semantic conventions for databases. `summary` is the operation
/// and the table that it is mainly about: "INSERT patient". A database is its part's alone, and named like it.
telemetry::Span store_span(const telemetry::SpanPlace& under, std::string_view database, std::string_view summary);

}  // namespace assay::sqlite
