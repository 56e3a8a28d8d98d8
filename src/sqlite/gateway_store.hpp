#pragma once

#include <filesystem>

#include "gateway/store.hpp"
#include "sqlite/writer.hpp"

namespace assay::sqlite {

/// The gateway's subscriptions in a SQLite database. Safe from any I/O thread.
class GatewayStore final : public gateway::Store {
 public:
  /// Opens or makes the database `file`; its folder must exist. `reserve` is the file that keeps some of the
  /// disk's space. Throws Refusal when the database is not ours.
  GatewayStore(const std::filesystem::path& file, const std::filesystem::path& reserve, const telemetry::Log& log,
               telemetry::Metrics& metrics);

  Awaitable<std::vector<gateway::Subscription>> list() override;
  Awaitable<Result<void>> create(gateway::Subscription subscription, gateway::PendingReport report) override;
  Awaitable<Result<void>> replace_key(std::string name, gateway::KeySlot slot, gateway::StoredKey key,
                                      gateway::PendingReport report) override;
  Awaitable<Result<void>> set_state(std::string name, gateway::State state, gateway::PendingReport report) override;
  Awaitable<Result<void>> remove(std::string name, gateway::PendingReport report) override;

  Awaitable<std::vector<gateway::PendingReport>> pending_reports() override;
  Awaitable<void> forget_report(Uuid record_id) override;

  const Writer& writer() const { return writer_; }

 private:
  /// Runs `change(connection)`, which tells whether there was such a subscription, and stores the report with it.
  template <class Change>
  Awaitable<Result<void>> change(Change change, gateway::PendingReport report);

  Writer writer_;
};

}  // namespace assay::sqlite
