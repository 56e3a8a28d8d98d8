#pragma once

#include <optional>
#include <string>

#include "audit/store.hpp"
#include "base/random.hpp"
#include "http/message.hpp"

namespace assay::audit {

/// The record of a reading.
struct Reading {
  std::uint64_t index = 0;
  std::string receipt;  ///< for the answer's Audit-Record
};

/// Reading the register is an access like others: it is recorded before it is answered. Safe from any I/O thread.
class Readings {
 public:
  Readings(Store& store, const Clock& clock, Random& random) : store_(store), clock_(clock), random_(random) {}

  /// Records that the request's principal reads what `resource` says, of that patient if it is of one. A Problem 500
  /// when there is no record: then nothing may be answered.
  Awaitable<Result<Reading>> record(http::Context context, Resource resource, std::optional<Uuid> patient_id);

 private:
  Store& store_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace assay::audit
