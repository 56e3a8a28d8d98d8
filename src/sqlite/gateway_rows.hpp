#pragma once

#include <vector>

#include "gateway/store.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// All subscriptions in the order in which they were made. Throws Unavailable when a row can't be read.
std::vector<gateway::Subscription> read_subscriptions(const Connection& connection);
void insert_subscription(const Connection& connection, const gateway::Subscription& subscription);
bool has_subscription(const Connection& connection, std::string_view name);

/// All reports that wait, the oldest first. Throws Unavailable when a row can't be read.
std::vector<gateway::PendingReport> read_reports(const Connection& connection);
void insert_report(const Connection& connection, const gateway::PendingReport& report);

std::string_view to_string(gateway::State state);

}  // namespace assay::sqlite
