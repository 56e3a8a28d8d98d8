#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/register_query.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "http/message.hpp"

namespace assay::audit {

/// Where a walk over pages goes on, and its last place: what is appended while somebody walks, by the walk itself among
/// others, is no part of it. Places are indexes, or a patient's numbers. As text `<next>-<last>`, both decimal.
struct Cursor {
  std::uint64_t next = 0;
  std::uint64_t last = 0;

  std::string to_string() const;
};

/// What a request of the register asks for. Of the parameters' texts the filters are kept as they were sent.
struct RegisterParameters {
  json::object filters;
  std::optional<std::string> patient_id;  ///< a UUID in either case
  std::optional<std::string> actor;
  std::optional<std::string> operation;
  std::optional<Timestamp> from;
  std::optional<Timestamp> before;
  std::size_t limit = 0;
  std::optional<Cursor> cursor;
};

/// Reads `patientId`, `actor`, `operation`, `from`, `to`, `limit` and `cursor`. Faults are worded as the contract's
/// section 4 does; the first is told, in that order, unknown parameters last.
Result<RegisterParameters> read_register_parameters(const http::Request& request);

/// Reads `limit` and `cursor` alone.
Result<RegisterParameters> read_paging_parameters(const http::Request& request);

/// The value of a Link header that leads to the next page of what `path` answers with these filters.
std::string link_to(std::string_view path, const RegisterParameters& parameters, const Cursor& next);

}  // namespace assay::audit
