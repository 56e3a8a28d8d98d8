#pragma once

#include <filesystem>

#include "audit/store.hpp"
#include "base/blocking_pool.hpp"
#include "sqlite/audit_log.hpp"
#include "sqlite/writer.hpp"

namespace assay::sqlite {

/// The audit register in a SQLite database, `audit.db`. Safe from any I/O thread.
class AuditStore final : public audit::Store {
 public:
  /// Opens or makes the database in `folder`, which must exist. Throws Refusal when the file is not ours.
  AuditStore(const std::filesystem::path& folder, const Clock& clock, Random& random, const telemetry::Log& log,
             telemetry::Metrics& metrics);
  /// Finishes what waits.
  ~AuditStore() override;

  Awaitable<Result<std::vector<audit::Appended>>> append(std::vector<audit::NewRecord> records,
                                                         telemetry::SpanPlace under) override;
  Awaitable<audit::IntentPage> read_intents(std::uint64_t from) override;
  merkle::TreeHead head() const override { return log_.head(); }
  std::vector<audit::LogOrigin> read_origins() const override;
  Awaitable<std::uint64_t> begin_origin(std::string verifier_key,
                                        std::function<std::vector<audit::NewRecord>(std::uint64_t)> tell) override;
  std::string read_newest_checkpoint() const override;
  Awaitable<void> keep_checkpoint(std::uint64_t size, std::string note) override;
  Awaitable<Result<audit::Erased>> erase(audit::Erasure erasure, telemetry::SpanPlace under) override;
  Awaitable<audit::OldRecords> find_older(Timestamp moment, std::uint64_t from) override;
  std::unique_ptr<audit::LogReader> open_reader() const override;

  const Writer& writer() const { return writer_; }

 private:
  std::filesystem::path file_;
  Writer writer_;
  AuditLog log_;
  telemetry::Counter& appended_;
  telemetry::Histogram& intents_duration_;
  BlockingPool readers_;
};

}  // namespace assay::sqlite
