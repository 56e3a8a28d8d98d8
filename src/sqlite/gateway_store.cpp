#include "sqlite/gateway_store.hpp"

#include "sqlite/gateway_rows.hpp"
#include "sqlite/gateway_schema.hpp"
#include "sqlite/schema.hpp"
#include "sqlite/store_span.hpp"

namespace assay::sqlite {

namespace {

constexpr std::string_view kDatabase = "gateway";

std::string_view replace_sql(gateway::KeySlot slot) {
  return slot == gateway::KeySlot::kPrimary
             ? "UPDATE subscription SET primary_key_hash = ?, primary_key_prefix = ? WHERE name = ?"
             : "UPDATE subscription SET secondary_key_hash = ?, secondary_key_prefix = ? WHERE name = ?";
}

}  // namespace

GatewayStore::GatewayStore(const std::filesystem::path& file, const std::filesystem::path& reserve,
                           const telemetry::Log& log, telemetry::Metrics& metrics)
    : writer_(file, WriterOptions{.store = "gateway", .reserve = reserve}, log, metrics) {
  migrate(writer_.connection(), kGatewayMigrations, kGatewayApplicationId);
  writer_.start(nullptr);
}

Awaitable<std::vector<gateway::Subscription>> GatewayStore::list() {
  co_return co_await writer_.run([](const Connection& connection) { return read_subscriptions(connection); });
}

Awaitable<Result<void>> GatewayStore::create(gateway::Subscription subscription, gateway::PendingReport report) {
  const auto span = store_span(report.span, kDatabase, "INSERT subscription");
  co_return co_await writer_.run(
      [made = std::move(subscription), waiting = std::move(report)](const Connection& connection) -> Result<void> {
        if (has_subscription(connection, made.name)) return fail(409, "There is a subscription of that name already.");
        insert_subscription(connection, made);
        insert_report(connection, waiting);
        return {};
      },
      1, span.place());
}

template <class Change>
Awaitable<Result<void>> GatewayStore::change(Change change, gateway::PendingReport report) {
  const auto span = store_span(report.span, kDatabase, "UPDATE subscription");
  co_return co_await writer_.run(
      [make = std::move(change), waiting = std::move(report)](const Connection& connection) -> Result<void> {
        make(connection);
        if (connection.changes() == 0) return fail(404, "There is no subscription of that name.");
        insert_report(connection, waiting);
        return {};
      },
      1, span.place());
}

Awaitable<Result<void>> GatewayStore::replace_key(std::string name, gateway::KeySlot slot, gateway::StoredKey key,
                                                  gateway::PendingReport report) {
  auto replace = [of = std::move(name), slot, by = std::move(key)](const Connection& connection) {
    connection.prepare(replace_sql(slot))
        .bind(1, Blob(by.hash))
        .bind(2, std::string_view(by.prefix))
        .bind(3, std::string_view(of))
        .run();
  };
  return change(std::move(replace), std::move(report));
}

Awaitable<Result<void>> GatewayStore::set_state(std::string name, gateway::State state, gateway::PendingReport report) {
  auto set = [of = std::move(name), state](const Connection& connection) {
    connection.prepare("UPDATE subscription SET state = ? WHERE name = ?")
        .bind(1, to_string(state))
        .bind(2, std::string_view(of))
        .run();
  };
  return change(std::move(set), std::move(report));
}

Awaitable<Result<void>> GatewayStore::remove(std::string name, gateway::PendingReport report) {
  auto erase = [of = std::move(name)](const Connection& connection) {
    connection.prepare("DELETE FROM subscription WHERE name = ?").bind(1, std::string_view(of)).run();
  };
  return change(std::move(erase), std::move(report));
}

Awaitable<std::vector<gateway::PendingReport>> GatewayStore::pending_reports() {
  co_return co_await writer_.run([](const Connection& connection) { return read_reports(connection); });
}

Awaitable<void> GatewayStore::forget_report(Uuid record_id) {
  co_await writer_.run([record_id](const Connection& connection) {
    connection.prepare("DELETE FROM pending_report WHERE record_id = ?").bind(1, Blob(record_id.bytes)).run();
  });
}

}  // namespace assay::sqlite
