#include "sqlite/gateway_rows.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace assay::sqlite {

namespace {

constexpr std::string_view kActive = "active";
constexpr std::string_view kSuspended = "suspended";

[[noreturn]] void refuse_row(const char* table, std::int64_t row) {
  throw Refusal(fmt::format("row {} of {} in the gateway's database can't be read; run assay check", row, table));
}

template <std::size_t Size>
bool copy(Blob from, std::array<std::uint8_t, Size>& to) {
  if (from.size() != Size) return false;
  std::ranges::copy(from, to.begin());
  return true;
}

std::optional<gateway::State> parse_state(std::string_view text) {
  if (text == kActive) return gateway::State::kActive;
  if (text == kSuspended) return gateway::State::kSuspended;
  return std::nullopt;
}

std::optional<gateway::Scopes> parse_scopes(std::string_view text) {
  gateway::Scopes scopes;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto scope = gateway::parse_scope(text.substr(0, end));
    if (!scope) return std::nullopt;
    scopes.add(*scope);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

gateway::Subscription read_subscription(const Statement& row) {
  const auto state = parse_state(row.text(3));
  const auto scopes = parse_scopes(row.text(4));
  const auto created_date = parse_timestamp(row.text(9));
  gateway::Subscription subscription;
  const bool copied = copy(row.blob(1), subscription.id.bytes) && copy(row.blob(5), subscription.keys[0].hash) &&
                      copy(row.blob(7), subscription.keys[1].hash);
  if (!copied || !state || !scopes || !created_date) refuse_row("subscription", row.integer(0));
  subscription.name = row.text(2);
  subscription.state = *state;
  subscription.scopes = *scopes;
  subscription.keys[0].prefix = row.text(6);
  subscription.keys[1].prefix = row.text(8);
  subscription.created_date = *created_date;
  return subscription;
}

gateway::PendingReport read_report(const Statement& row) {
  gateway::PendingReport report;
  if (!copy(row.blob(1), report.record_id.bytes)) refuse_row("pending_report", row.integer(0));
  report.operation = row.text(2);
  report.subscription_name = row.text(3);
  report.actor.kind = row.text(4);
  report.actor.id = row.text(5);
  report.actor.name = row.text(6);
  report.operation_id = row.text(7);
  return report;
}

}  // namespace

std::vector<gateway::Subscription> read_subscriptions(const Connection& connection) {
  auto rows = connection.prepare(
      "SELECT row, id, name, state, scopes, primary_key_hash, primary_key_prefix, secondary_key_hash, "
      "secondary_key_prefix, created_date FROM subscription ORDER BY row");
  std::vector<gateway::Subscription> subscriptions;
  while (rows.step()) subscriptions.push_back(read_subscription(rows));
  return subscriptions;
}

void insert_subscription(const Connection& connection, const gateway::Subscription& subscription) {
  connection
      .prepare(
          "INSERT INTO subscription(id, name, state, scopes, primary_key_hash, primary_key_prefix, "
          "secondary_key_hash, secondary_key_prefix, created_date) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(1, Blob(subscription.id.bytes))
      .bind(2, std::string_view(subscription.name))
      .bind(3, to_string(subscription.state))
      .bind(4, std::string_view(fmt::format("{}", fmt::join(subscription.scopes.names(), " "))))
      .bind(5, Blob(subscription.keys[0].hash))
      .bind(6, std::string_view(subscription.keys[0].prefix))
      .bind(7, Blob(subscription.keys[1].hash))
      .bind(8, std::string_view(subscription.keys[1].prefix))
      .bind(9, std::string_view(to_iso8601(subscription.created_date)))
      .run();
}

bool has_subscription(const Connection& connection, std::string_view name) {
  auto found = connection.prepare("SELECT 1 FROM subscription WHERE name = ?");
  return found.bind(1, name).step();
}

std::vector<gateway::PendingReport> read_reports(const Connection& connection) {
  auto rows = connection.prepare(
      "SELECT row, record_id, operation, subscription_name, actor_kind, actor_id, actor_name, operation_id "
      "FROM pending_report ORDER BY row");
  std::vector<gateway::PendingReport> reports;
  while (rows.step()) reports.push_back(read_report(rows));
  return reports;
}

void insert_report(const Connection& connection, const gateway::PendingReport& report) {
  connection
      .prepare(
          "INSERT INTO pending_report(record_id, operation, subscription_name, actor_kind, actor_id, actor_name, "
          "operation_id) VALUES(?, ?, ?, ?, ?, ?, ?)")
      .bind(1, Blob(report.record_id.bytes))
      .bind(2, std::string_view(report.operation))
      .bind(3, std::string_view(report.subscription_name))
      .bind(4, std::string_view(report.actor.kind))
      .bind(5, std::string_view(report.actor.id))
      .bind(6, std::string_view(report.actor.name))
      .bind(7, std::string_view(report.operation_id))
      .run();
}

std::string_view to_string(gateway::State state) { return state == gateway::State::kActive ? kActive : kSuspended; }

}  // namespace assay::sqlite
