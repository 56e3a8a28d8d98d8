#pragma once

#include <array>
#include <string_view>

namespace assay::sqlite {

/// "AsGw" in the file's header: a gateway database of ours.
inline constexpr int kGatewayApplicationId = 0x41734777;

/// `subscription`: of its keys only what is kept of them; `scopes` are names with blanks between. `pending_report`:
/// changes that the audit register doesn't have yet, in their order.
inline constexpr std::array<std::string_view, 1> kGatewayMigrations{R"(
  CREATE TABLE subscription(
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    scopes TEXT NOT NULL,
    primary_key_hash BLOB NOT NULL,
    primary_key_prefix TEXT NOT NULL,
    secondary_key_hash BLOB NOT NULL,
    secondary_key_prefix TEXT NOT NULL,
    created_date TEXT NOT NULL
  ) STRICT;
  CREATE TABLE pending_report(
    row INTEGER PRIMARY KEY,
    record_id BLOB NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    subscription_name TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    operation_id TEXT NOT NULL
  ) STRICT;
)"};

}  // namespace assay::sqlite
