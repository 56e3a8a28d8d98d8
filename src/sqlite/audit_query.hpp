#pragma once

#include <filesystem>

#include "audit/register_query.hpp"
#include "base/blocking_pool.hpp"

namespace assay::sqlite {

/// Answers queries of the register of accesses out of `audit.db`, which must exist and have the newest schema: what the
/// indexes don't have yet, out of the records themselves, at one moment. Safe from any I/O thread.
class AuditQueries final : public audit::RegisterReader {
 public:
  explicit AuditQueries(std::filesystem::path file);

  Awaitable<audit::RegisterPage> find(audit::RegisterQuery query, telemetry::SpanPlace under) override;
  Awaitable<audit::AccessPage> read_accesses(audit::AccessQuery query, telemetry::SpanPlace under) override;

 private:
  std::filesystem::path file_;
  BlockingPool readers_;
};

}  // namespace assay::sqlite
