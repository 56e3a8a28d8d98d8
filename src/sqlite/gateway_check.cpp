#include "sqlite/gateway_check.hpp"

#include <fmt/format.h>

#include "gateway/store.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/gateway_rows.hpp"
#include "sqlite/gateway_schema.hpp"

namespace assay::sqlite {

namespace {

/// What must never be found, as a query of rows, and the sentence about each row.
struct Rule {
  std::string_view query;
  fmt::format_string<std::int64_t> fault;
};

const Rule kRules[] = {
    {"SELECT row FROM subscription WHERE length(id) != 16 OR length(primary_key_hash) != 32 OR "
     "length(secondary_key_hash) != 32 OR length(primary_key_prefix) != 8 OR length(secondary_key_prefix) != 8",
     "Subscription {} has an id, a key's hash or a prefix of a wrong length."},
    {"WITH keys(row, hash) AS (SELECT row, primary_key_hash FROM subscription UNION ALL SELECT row, "
     "secondary_key_hash FROM subscription) SELECT max(row) FROM keys GROUP BY hash HAVING count(*) > 1",
     "A key of subscription {} is another key too."},
    {"SELECT row FROM pending_report WHERE length(record_id) != 16 OR length(operation_id) != 32 OR actor_kind = '' "
     "OR operation NOT IN ('create', 'regenerate-primary', 'regenerate-secondary', 'suspend', 'activate', 'delete')",
     "The waiting report {} is none that the gateway makes."},
};

void check_file(const Connection& connection, std::vector<std::string>& faults) {
  auto mark = connection.prepare("PRAGMA application_id");
  if (!mark.step() || mark.integer(0) != kGatewayApplicationId) faults.emplace_back("The file is no gateway database.");
  auto rows = connection.prepare("PRAGMA integrity_check");
  while (rows.step()) {
    if (rows.text(0) != "ok") faults.push_back(fmt::format("The database file is damaged: {}.", rows.text(0)));
  }
}

void check_rules(const Connection& connection, std::vector<std::string>& faults) {
  for (const auto& rule : kRules) {
    auto rows = connection.prepare(rule.query);
    while (rows.step()) faults.push_back(fmt::format(rule.fault, rows.integer(0)));
  }
}

void check_names(const Connection& connection, std::vector<std::string>& faults) {
  auto rows = connection.prepare("SELECT row, name FROM subscription");
  while (rows.step()) {
    if (gateway::check_subscription_name(std::string(rows.text(1)))) continue;
    faults.push_back(fmt::format("Subscription {} has a name that none may have.", rows.integer(0)));
  }
}

}  // namespace

std::vector<std::string> check_gateway(const std::filesystem::path& database_file) {
  std::vector<std::string> faults;
  try {
    Connection connection(database_file, Access::kReadOnly);
    connection.execute("BEGIN");
    check_file(connection, faults);
    if (!faults.empty()) return faults;  // what more there is to say would only repeat it
    check_rules(connection, faults);
    check_names(connection, faults);
    if (faults.empty()) read_subscriptions(connection);
  } catch (const Refusal& unreadable) {
    faults.push_back(fmt::format("The file is damaged: {}.", unreadable.what()));
  } catch (const Error& error) {
    faults.push_back(fmt::format("The gateway's database can't be examined: {}.", error.what()));
  }
  return faults;
}

}  // namespace assay::sqlite
